import { listEvents } from '../../sdk/generated/sdk.gen.js';
import type { EventItemView, EventsView, ListEventsData } from '../../sdk/generated/types.gen.js';
import { ok, type Person } from './test-app.js';

type Query = NonNullable<ListEventsData['query']>;
type Client = Person['client'];

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** What a client keeps that lists once, and then only asks what changed. */
export class SyncedList {
  private readonly events = new Map<string, EventItemView>();
  private token = '';

  private constructor(
    private readonly client: Client,
    private readonly filters: Query,
    private readonly limit: number,
  ) {}

  static async read({ client }: Pick<Person, 'client'>, filters: Query = {}, limit = 200): Promise<SyncedList> {
    const copy = new SyncedList(client, filters, limit);
    await copy.apply(filters);
    return copy;
  }

  /** Applies what changed since the last time. */
  sync(): Promise<void> {
    return this.apply({ sync_token: this.token });
  }

  contents(): EventItemView[] {
    return [...this.events.values()].sort(byId);
  }

  /** What the server lists now. */
  async fresh(): Promise<EventItemView[]> {
    const all: EventItemView[] = [];
    for await (const { items } of this.pages(this.filters)) all.push(...items);
    return all.sort(byId);
  }

  private async apply(query: Query): Promise<void> {
    for await (const { items, removed = [], sync_token: token } of this.pages(query)) {
      for (const item of items) this.events.set(item.id, item);
      for (const { id } of removed) this.events.delete(id);
      if (token !== undefined) this.token = token;
    }
  }

  private async *pages(query: Query): AsyncGenerator<EventsView> {
    for (let cursor: string | undefined; ;) {
      const page = await ok(listEvents({ client: this.client, query: { ...query, limit: this.limit, cursor } }));
      yield page;
      if (page.next_cursor === null) return;
      cursor = page.next_cursor;
    }
  }
}
