import { setTimeout as sleep } from 'node:timers/promises';
import { slot } from './calls.js';
import { isBusy, PlainClient, type PlainPerson } from './plain-client.js';
import { Chance } from './random.js';

/** A write that was acknowledged, and the recipients of its item. */
export interface AcknowledgedWrite {
  type: 'event_created' | 'event_updated' | 'event_shared' | 'role_changed';
  eventId: string;
  /** Null for changes of members, which create no version. */
  version: number | null;
  actorId: string;
  recipients: string[];
}

interface Shared {
  id: string;
  /** The role of each member, by user id; no member leaves. */
  members: Map<string, string>;
  /** A request that changes its members got no response, so that its members are unknown. */
  uncertain: boolean;
}

/** Users who edit each other's events, create events, share them and change roles, on any running server. */
export class ChaosWriters {
  readonly acknowledged: AcknowledgedWrite[] = [];
  /** Statuses other than success and `isBusy`. */
  readonly refused: string[] = [];
  /** Requests that got no response. */
  unanswered = 0;
  /** Requests that a busy server refused. */
  busy = 0;
  private readonly common: Shared[] = [];
  private stopped = false;
  private writing: Promise<unknown> = Promise.resolve();

  constructor(
    readonly people: PlainPerson[],
    private readonly urls: () => string[],
    private readonly seed: number,
  ) {}

  /** Creates events that everyone may edit, and starts one writer per user. */
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
    this.stopped = true;
    await this.writing;
  }

  private async write(writer: PlainPerson, chance: Chance): Promise<void> {
    const own: Shared[] = [];
    for (let turn = 0; !this.stopped; turn += 1) {
      const what = chance.next();
      const mine = own.length > 0 ? chance.pick(own) : null;
      if (what < 0.6) await this.update(writer, chance.pick(this.common), `${writer.username} ${turn}`, chance);
      else if (what < 0.7 || !mine) {
        const made = await this.create(writer, `${writer.username} made ${turn}`, chance);
        if (made) own.push(made);
      } else if (what < 0.8) await this.update(writer, mine, `${writer.username} mine ${turn}`, chance);
      else if (mine.uncertain) continue;
      else if (what < 0.9) {
        const others = this.people.filter(({ id }) => id !== writer.id && !mine.members.has(id));
        const guests = new Set(
          [chance.pick(this.people), chance.pick(this.people)].filter((one) => others.includes(one)),
        );
        if (guests.size > 0) await this.share(writer, mine, [...guests], 'viewer', chance);
      } else await this.changeRole(writer, mine, chance);
    }
  }

  private async create(writer: PlainPerson, title: string, chance: Chance): Promise<Shared | null> {
    // Free, so that no write is refused because of a conflict.
    const body = await this.call(writer, 'POST', '/api/events', chance, { title, ...slot(1), show_as: 'free' });
    if (!body) return null;
    const made = { id: String(body['id']), members: new Map([[writer.id, 'owner']]), uncertain: false };
    this.record('event_created', made, writer, body);
    return made;
  }

  private async update(writer: PlainPerson, event: Shared, title: string, chance: Chance): Promise<void> {
    const body = await this.call(writer, 'PUT', `/api/events/${event.id}`, chance, { title });
    if (body) this.record('event_updated', event, writer, body);
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
    event.uncertain = !body;
    if (!body) return;
    for (const { id } of to) event.members.set(id, role);
    this.record('event_shared', event, owner);
  }

  private async changeRole(owner: PlainPerson, event: Shared, chance: Chance): Promise<void> {
    const others = [...event.members].filter(([, role]) => role !== 'owner');
    if (others.length === 0) return;
    const [userId, before] = chance.pick(others);
    const role = before === 'viewer' ? 'editor' : 'viewer';
    const body = await this.call(owner, 'PUT', `/api/events/${event.id}/permissions/${userId}`, chance, { role });
    event.uncertain = !body;
    if (!body) return;
    event.members.set(userId, role);
    this.record('role_changed', event, owner);
  }

  private record(
    type: AcknowledgedWrite['type'],
    event: Shared,
    actor: PlainPerson,
    body: Record<string, unknown> = {},
  ): void {
    const version = (body['version'] as number | undefined) ?? null;
    this.acknowledged.push({
      type,
      eventId: event.id,
      version,
      actorId: actor.id,
      recipients: [...event.members.keys()],
    });
  }

  /** Returns the response body, null when the request failed or was refused. */
  private async call(
    { token }: PlainPerson,
    method: string,
    path: string,
    chance: Chance,
    body: object,
  ): Promise<Record<string, unknown> | null> {
    try {
      const client = new PlainClient(chance.pick(this.urls()));
      const response = await client.call<Record<string, unknown>>(method, path, { token, body });
      if (response.status < 300) return response.body;
      if (isBusy(response)) this.busy += 1;
      else this.refused.push(`${method} ${path} ${response.status} ${String(response.body['code'])}`);
    } catch {
      this.unanswered += 1;
    }
    await sleep(100);
    return null;
  }
}
