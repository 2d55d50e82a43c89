import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Convene, EventItem, EventStore, SyncQuery } from '../../sdk/index.js';
import { clientOf, failure, signIn } from '../support/sdk-clients.js';
import { type Person, startApp, type TestApp } from '../support/test-app.js';

/** A store in memory, as a page would have it. */
class Copy implements EventStore {
  readonly events = new Map<string, EventItem>();
  token: string | null = null;
  /** Makes the next call of `put` fail. */
  broken = false;

  getToken(): string | null {
    return this.token;
  }
  setToken(token: string): void {
    this.token = token;
  }
  async put(events: EventItem[]): Promise<void> {
    if (this.broken) {
      this.broken = false;
      throw new Error('The disk is full');
    }
    for (const event of events) this.events.set(event.id, event);
  }
  remove(removed: { id: string }[]): void {
    for (const { id } of removed) this.events.delete(id);
  }
  clear(): void {
    this.events.clear();
  }

  get titles(): string[] {
    return [...this.events.values()].map(({ title }) => title).sort();
  }
}

describe('sync of the SDK', () => {
  let app: TestApp;
  let ana: Convene;
  let ben: Convene;
  let benAccount: Person;
  let hour = 0;
  const meeting = (title: string): { title: string; start_time: Date; end_time: Date } => {
    hour += 2;
    return {
      title,
      start_time: new Date(Date.UTC(2031, 0, 1, hour)),
      end_time: new Date(Date.UTC(2031, 0, 1, hour + 1)),
    };
  };

  beforeAll(async () => {
    app = await startApp();
    ana = await signIn(app, 'ana');
    benAccount = await app.signUp('ben');
    ben = clientOf(app, benAccount);
  });
  afterAll(() => app.close());

  async function expectFresh(of: Convene, copy: Copy, query: SyncQuery = {}): Promise<void> {
    const fresh = await of.events.list(query).toArray();
    const byId = (a: EventItem, b: EventItem): number => (a.id < b.id ? -1 : 1);
    expect([...copy.events.values()].sort(byId)).toEqual(fresh.sort(byId));
  }

  it('keeps a copy like a fresh list, through changes, shares, deletions and revocations', async () => {
    const copy = new Copy();
    const query = { limit: 3 };
    await ben.events.batch([1, 2, 3, 4, 5].map((n) => meeting(`Own ${n}`)));
    expect(await ben.sync(copy, query)).toEqual({ whole: true, put: 5, removed: 0 });
    await expectFresh(ben, copy);
    expect(await ben.sync(copy, query)).toEqual({ whole: false, put: 0, removed: 0 });
    const shared = await ana.events.create(meeting('From Ana'));
    await ana.events.share(shared, { user_id: benAccount.id, role: 'viewer' });
    const [first, second] = [...copy.events.values()];
    await ben.events.update(first!, { title: 'Renamed' });
    await ben.events.delete(second!);
    expect(await ben.sync(copy, query)).toEqual({ whole: false, put: 2, removed: 1 });
    await expectFresh(ben, copy);
    await ana.events.revoke(shared, benAccount.id);
    expect(await ben.sync(copy, query)).toEqual({ whole: false, put: 0, removed: 1 });
    await expectFresh(ben, copy);
  });

  it('applies again what a store could not take', async () => {
    const cara = await signIn(app, 'cara');
    const copy = new Copy();
    await cara.sync(copy);
    await cara.events.create(meeting('One'));
    copy.broken = true;
    expect((await failure(cara.sync(copy))).message).toBe('The disk is full');
    await cara.sync(copy);
    await expectFresh(cara, copy);
  });

  it('reads the whole list when the token is too old', async () => {
    const dan = await signIn(app, 'dan');
    const copy = new Copy();
    await dan.sync(copy);
    const event = await dan.events.create(meeting('One'));
    await dan.sync(copy);
    await dan.events.delete(event);
    await dan.events.create(meeting('Two'));
    await app.database.query(`DELETE FROM notifications WHERE user_id = $1`, [(await dan.account.get()).id]);
    expect(await dan.sync(copy)).toEqual({ whole: true, put: 1, removed: 0 });
    expect(copy.titles).toEqual(['Two']);
  });

  it('runs once after another for one store, however often it is called', async () => {
    const eve = await signIn(app, 'eve');
    const copy = new Copy();
    const reached = { first: eve.sync(copy), later: [eve.sync(copy), eve.sync(copy), eve.sync(copy)] };
    expect((await reached.first).whole).toBe(true);
    const results = await Promise.all(reached.later);
    expect(new Set(results).size).toBe(1);
    expect(results[0]!.whole).toBe(false);
  });

  it('follows live changes', async () => {
    const fay = await signIn(app, 'fay');
    const copy = new Copy();
    const synced = new Promise<void>((resolve) => {
      fay.live.on('change', () => void fay.sync(copy).then(() => copy.events.size === 3 && resolve()));
    });
    await fay.live.connect();
    await fay.sync(copy);
    for (const title of ['One', 'Two', 'Three']) await fay.events.create(meeting(title));
    await synced;
    fay.live.close();
    await expectFresh(fay, copy);
  });
});
