import { setTimeout as sleep } from 'node:timers/promises';
import { slot } from './calls.js';
import { PlainClient, type PlainPerson } from './plain-client.js';
import { Chance } from './random.js';

/** A write that was answered with success, and who must have an item of it. */
export interface ToldWrite {
  type: 'event_created' | 'event_updated' | 'event_shared' | 'role_changed';
  eventId: string;
  /** Null for changes of people, which make no version. */
  version: number | null;
  actorId: string;
  readers: string[];
}

interface Shared {
  id: string;
  /** Everybody on it and his role; nobody leaves. */
  people: Map<string, string>;
  /** A request about its people got no answer, so that nobody knows who is on it. */
  doubtful: boolean;
}

/** People who edit each other's events, make new ones, share them and change roles, on any server that is there. */
export class ChaosWriters {
  readonly told: ToldWrite[] = [];
  /** Statuses other than success. */
  readonly refused: string[] = [];
  /** Requests that got no answer. */
  broken = 0;
  private readonly common: Shared[] = [];
  private over = false;
  private writing: Promise<unknown> = Promise.resolve();

  constructor(
    readonly people: PlainPerson[],
    private readonly urls: () => string[],
    private readonly seed: number,
  ) {}

  /** Makes events that everybody is an editor of, and starts `people.length` writers. */
  async start(events: number): Promise<void> {
    for (let n = 0; n < events; n += 1) {
      const [owner, ...others] = [...this.people.slice(n), ...this.people.slice(0, n)];
      const event = (await this.create(owner!, `Common ${n}`, new Chance(n)))!;
      await this.share(owner!, event, others, 'editor', new Chance(n));
      this.common.push(event);
    }
    this.writing = Promise.all(this.people.map((person, index) => this.write(person, new Chance(this.seed + index))));
  }

  async stop(): Promise<void> {
    this.over = true;
    await this.writing;
  }

  private async write(writer: PlainPerson, chance: Chance): Promise<void> {
    const own: Shared[] = [];
    for (let turn = 0; !this.over; turn += 1) {
      const what = chance.next();
      const mine = own.length > 0 ? chance.pick(own) : null;
      if (what < 0.6) await this.update(writer, chance.pick(this.common), `${writer.username} ${turn}`, chance);
      else if (what < 0.7 || !mine) {
        const made = await this.create(writer, `${writer.username} made ${turn}`, chance);
        if (made) own.push(made);
      } else if (what < 0.8) await this.update(writer, mine, `${writer.username} mine ${turn}`, chance);
      else if (mine.doubtful) continue;
      else if (what < 0.9) {
        const others = this.people.filter(({ id }) => id !== writer.id && !mine.people.has(id));
        const guests = new Set(
          [chance.pick(this.people), chance.pick(this.people)].filter((one) => others.includes(one)),
        );
        if (guests.size > 0) await this.share(writer, mine, [...guests], 'viewer', chance);
      } else await this.changeRole(writer, mine, chance);
    }
  }

  private async create(writer: PlainPerson, title: string, chance: Chance): Promise<Shared | null> {
    // Free, so that nothing is refused for want of time.
    const body = await this.call(writer, 'POST', '/api/events', chance, { title, ...slot(1), show_as: 'free' });
    if (!body) return null;
    const made = { id: String(body['id']), people: new Map([[writer.id, 'owner']]), doubtful: false };
    this.note('event_created', made, writer, body);
    return made;
  }

  private async update(writer: PlainPerson, event: Shared, title: string, chance: Chance): Promise<void> {
    const body = await this.call(writer, 'PUT', `/api/events/${event.id}`, chance, { title });
    if (body) this.note('event_updated', event, writer, body);
  }

  private async share(
    owner: PlainPerson,
    event: Shared,
    to: PlainPerson[],
    role: string,
    chance: Chance,
  ): Promise<void> {
    const users = to.map(({ id }) => ({ user_id: id, role }));
    const body = await this.call(owner, 'POST', `/api/events/${event.id}/share`, chance, { users });
    event.doubtful = !body;
    if (!body) return;
    for (const { id } of to) event.people.set(id, role);
    this.note('event_shared', event, owner);
  }

  private async changeRole(owner: PlainPerson, event: Shared, chance: Chance): Promise<void> {
    const others = [...event.people].filter(([, role]) => role !== 'owner');
    if (others.length === 0) return;
    const [userId, before] = chance.pick(others);
    const role = before === 'viewer' ? 'editor' : 'viewer';
    const body = await this.call(owner, 'PUT', `/api/events/${event.id}/permissions/${userId}`, chance, { role });
    event.doubtful = !body;
    if (!body) return;
    event.people.set(userId, role);
    this.note('role_changed', event, owner);
  }

  private note(type: ToldWrite['type'], event: Shared, actor: PlainPerson, body: Record<string, unknown> = {}): void {
    const version = (body['version'] as number | undefined) ?? null;
    this.told.push({ type, eventId: event.id, version, actorId: actor.id, readers: [...event.people.keys()] });
  }

  /** The answer, or null when there was none, or none that we wanted. */
  private async call(
    { token }: PlainPerson,
    method: string,
    path: string,
    chance: Chance,
    body: object,
  ): Promise<Record<string, unknown> | null> {
    try {
      const client = new PlainClient(chance.pick(this.urls()));
      const answer = await client.call<Record<string, unknown>>(method, path, { token, body });
      if (answer.status < 300) return answer.body;
      this.refused.push(`${method} ${path} ${answer.status} ${String(answer.body['code'])}`);
    } catch {
      this.broken += 1;
    }
    await sleep(100);
    return null;
  }
}
