import { createEvent, shareEvent } from '../../sdk/generated/sdk.gen.js';
import type { RawRequest } from './raw-request.js';
import type { Chance } from './random.js';
import { uuid } from './fuzz-values.js';
import { ok, PASSWORD, type Person, type TestApp } from './test-app.js';

/** How many of each kind of id a world remembers: recent ones, so that requests meet on the same events. */
const REMEMBERED = 12;

/** Three people and an administrator, with what they have learned so far: ids, cursors, tags. */
export class FuzzWorld {
  private readonly known = new Map<string, string[]>();
  private people: Person[] = [];
  private admin!: Person;
  /** Access tokens that no longer work. */
  private readonly ended = new Set<string>();

  constructor(private readonly app: TestApp) {}

  /** New people, with an event each. */
  async renew(): Promise<void> {
    this.known.clear();
    this.ended.clear();
    this.admin = await this.signUp('admin');
    this.people = [await this.signUp('ana'), await this.signUp('ben'), await this.signUp('cleo')];
  }

  /** Signs up somebody else for each one whom a request erased, disabled or signed out. */
  async revive(): Promise<void> {
    if (this.ended.has(this.admin.accessToken)) this.admin = await this.signUp('admin');
    for (const [index, { accessToken }] of this.people.entries()) {
      if (this.ended.has(accessToken)) this.people[index] = await this.signUp('ana');
    }
    this.ended.clear();
  }

  private async signUp(name: string): Promise<Person> {
    // A name that begins with a reserved word is reserved itself with some endings, such as `a15e`.
    const person = await this.app.signUp(name === 'admin' ? 'chief-f' : `${name}-f`);
    if (name === 'admin') await this.app.database.query(`UPDATE users SET role = 'admin' WHERE id = $1`, [person.id]);
    this.remember('user', person.id);
    this.remember('username', person.username);
    this.remember('refresh_token', person.refreshToken);
    const times = { start_time: '2031-03-04T10:00:00', end_time: '2031-03-04T11:00:00' };
    const body = { title: 'Plan', ...times, recurrence_pattern: 'FREQ=DAILY;COUNT=9' };
    const users = this.people.map(({ id }) => ({ user_id: id, role: 'editor' as const }));
    const { id } = await ok(createEvent({ client: person.client, body }));
    if (users.length > 0) await shareEvent({ client: person.client, path: { id }, body: { users } });
    this.remember('events', id);
    return person;
  }

  token(path: string, chance: Chance): string {
    const share = path.includes('/admin/') ? 0.8 : 0.05;
    return (chance.next() < share ? this.admin : chance.pick(this.people)).accessToken;
  }

  /** An id for a place in an address; undefined where a small number has to do. */
  id(path: string, name: string, chance: Chance): string | undefined {
    if (/^(version|v1|v2|position)$/.test(name)) return undefined;
    if (chance.next() < 0.05) return uuid(chance);
    const kind =
      /users?Id$/.test(name) || path.includes('/admin/users')
        ? 'user'
        : /\/(events|sessions|notifications)\//.exec(path)?.[1];
    return this.recall(kind ?? 'user', chance) ?? uuid(chance);
  }

  query(name: string, chance: Chance): string | undefined {
    if (name === 'user_ids') return [this.recall('user', chance), this.recall('user', chance)].join(',');
    if (name === 'owner_id' || name === 'user_id') return this.recall('user', chance);
    if (name === 'event_id') return this.recall('events', chance);
    if (['cursor', 'sync_token', 'as_of', 'username'].includes(name)) return this.recall(name, chance);
    return undefined;
  }

  header(name: string, chance: Chance): string | undefined {
    return /^if-(none-)?match$/i.test(name) ? this.recall('etag', chance) : undefined;
  }

  /** Puts what is true of this world into some places of a body. */
  fill(body: unknown, chance: Chance): unknown {
    if (body === null || typeof body !== 'object') return body;
    for (const [key, value] of Object.entries(body as Record<string, unknown>)) {
      const holder = body as Record<string, unknown>;
      if (typeof value === 'object') this.fill(value, chance);
      else if (chance.next() < 0.1) continue;
      else if (key === 'user_id') holder[key] = this.recall('user', chance);
      else if (key === 'username') holder[key] = chance.next() < 0.5 ? this.recall('username', chance) : value;
      else if (key === 'password' || key === 'current_password') holder[key] = PASSWORD;
      else if (key === 'refresh_token') holder[key] = this.recall('refresh_token', chance);
    }
    if (chance.next() < 0.6) settle(body as Record<string, unknown>, chance);
    for (const key of ['user_ids', 'optional_user_ids']) {
      const ids = (body as Record<string, unknown>)[key];
      if (Array.isArray(ids)) ids.forEach((_id, index) => (ids[index] = this.recall('user', chance)));
    }
    return body;
  }

  /** Learns from a response. */
  learn({ path, headers }: RawRequest, response: Response, body: unknown): void {
    if (response.status === 401) this.ended.add(headers['authorization']?.split(' ')[1] ?? '');
    const tag = response.headers.get('etag');
    if (tag) this.remember('etag', tag);
    if (body === null || typeof body !== 'object') return;
    const {
      items = [body],
      next_cursor: cursor,
      sync_token: syncToken,
      refresh_token: refreshToken,
    } = body as Record<string, unknown>;
    for (const [name, value] of Object.entries({ cursor, sync_token: syncToken, refresh_token: refreshToken })) {
      if (typeof value === 'string') this.remember(name, value);
    }
    for (const item of Array.isArray(items) ? (items as Record<string, unknown>[]).slice(0, 5) : []) {
      if (typeof item?.['id'] !== 'string') continue;
      const kind = /\/(sessions|notifications)\b/.exec(path)?.[1];
      if (kind) this.remember(kind, item['id']);
      else if ('start_time' in item) this.remember('events', item['id']);
      if (typeof item['updated_at'] === 'string') this.remember('as_of', item['updated_at']);
    }
  }

  private remember(kind: string, value: string): void {
    const values = this.known.get(kind) ?? [];
    this.known.set(kind, [...values.filter((one) => one !== value), value].slice(-REMEMBERED));
  }

  private recall(kind: string, chance: Chance): string | undefined {
    const values = this.known.get(kind);
    return values && chance.pick(values);
  }
}

/** Makes an event of a body that can be stored, for most of what comes after depends on that. */
function settle(body: Record<string, unknown>, chance: Chance): void {
  if (!('start_time' in body) && !('end_time' in body)) return;
  const day = `2031-03-${String(4 + chance.below(20)).padStart(2, '0')}`;
  const isAllDay = body['all_day'] === true;
  Object.assign(body, {
    start_time: isAllDay ? day : `${day}T10:00:00`,
    end_time: isAllDay ? day.replace(/..$/, (date) => String(Number(date) + 1).padStart(2, '0')) : `${day}T11:30:00`,
    ...('title' in body ? { title: `Plan ${chance.below(9)}` } : {}),
    ...('time_zone' in body ? { time_zone: chance.pick(['UTC', 'Europe/Paris', 'Asia/Kathmandu']) } : {}),
    ...('url' in body ? { url: 'https://example.com/' } : {}),
    ...('recurrence_pattern' in body
      ? {
          recurrence_pattern: chance.pick([
            null,
            'FREQ=DAILY;COUNT=9',
            'FREQ=WEEKLY',
            { frequency: 'monthly', count: 3 },
          ]),
        }
      : {}),
    ...('on_conflict' in body ? { on_conflict: 'allow' } : {}),
  });
  for (const key of ['is_recurring', 'excluded', 'added', 'version', 'start_only'])
    if (chance.next() < 0.8) delete body[key];
}
