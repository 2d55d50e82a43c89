import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConveneError, type Convene, isProblem, responseOf } from '../../sdk/index.js';
import { failure, signIn } from '../support/sdk-clients.js';
import { type Person, startApp, type TestApp } from '../support/test-app.js';

describe('events of the SDK', () => {
  let app: TestApp;
  let ana: Convene;
  let ben: Person;
  let hour = 0;
  const slot = (): { start_time: Date; end_time: string } => {
    hour += 2;
    const at = (n: number): Date => new Date(Date.UTC(2031, 0, 1, n));
    return { start_time: at(hour), end_time: at(hour + 1).toISOString() };
  };

  beforeAll(async () => {
    app = await startApp();
    ana = await signIn(app, 'ana');
    ben = await app.signUp('ben');
  });
  afterAll(() => app.close());

  it('go through their life: created, read, changed, shared, deleted, restored', async () => {
    const event = await ana.events.create({ title: 'Plan', ...slot() });
    expect(event).toMatchObject({ title: 'Plan', version: 1, role: 'owner' });
    expect(await ana.events.get(event)).toEqual(event);
    const renamed = await ana.events.update(event, { title: 'Plan B', location: 'Room 4' });
    expect([renamed.version, renamed.title, renamed.location]).toEqual([2, 'Plan B', 'Room 4']);
    const members = await ana.events.share(renamed, { username: ben.username, role: 'viewer' });
    expect(members.items.map(({ role }) => role)).toEqual(['owner', 'viewer']);
    await ana.events.changeRole(event, ben.id, 'editor');
    expect((await ana.events.permissions(event)).items[1]).toMatchObject({ user_id: ben.id, role: 'editor' });
    await ana.events.revoke(event, ben.id);
    await ana.events.delete(renamed);
    expect(isProblem(await failure(ana.events.get(event)), 'not_found')).toBe(true);
    expect((await ana.events.restore(event)).title).toBe('Plan B');
  });

  it('of an expanded list are single dates: what is done to one is not done to the others', async () => {
    const times = { start_time: '2032-03-01T09:00:00Z', end_time: '2032-03-01T10:00:00Z' };
    const series = await ana.events.create({ title: 'Weekly', ...times, recurrence_pattern: 'FREQ=WEEKLY;COUNT=4' });
    const items = () => ana.events.list({ from: '2032-03-01', to: '2032-04-01', expand: true }).toArray();
    const [, second, third] = await items();
    await ana.events.update(second!, { start_time: '2032-03-08T12:00:00Z', end_time: '2032-03-08T13:00:00Z' });
    await ana.events.delete(third!, { ifMatch: false });
    const starts = (await items()).map(({ occurrence }) => occurrence!.start_time);
    expect(starts).toEqual(['2032-03-01T09:00:00Z', '2032-03-08T12:00:00Z', '2032-03-22T09:00:00Z']);
    const [first] = await items();
    await ana.events.update(first!, { title: 'Every week' }, { scope: 'all' });
    expect(new Set((await items()).map(({ title }) => title))).toEqual(new Set(['Every week']));
    await ana.events.delete(series.id);
    const once = await ana.events.create({ title: 'Once', ...times });
    const [item] = await items();
    await ana.events.delete(item!);
    expect(await items()).toEqual([]);
    expect(isProblem(await failure(ana.events.get(once)), 'not_found')).toBe(true);
  });

  it('show their history, and go back in it', async () => {
    const event = await ana.events.create({ title: 'One', ...slot() });
    const second = await ana.events.update(event, { title: 'Two' });
    await ana.events.update(second, { description: 'Agenda' });
    expect((await ana.events.history(event).toArray()).map(({ version }) => version)).toEqual([3, 2, 1]);
    expect((await ana.events.version(event, 1)).snapshot.title).toBe('One');
    expect((await ana.events.changelog(event).page()).items.length).toBe(3);
    expect((await ana.events.diff(event, 1)).changes).toMatchObject({ title: { from: 'One', to: 'Two' } });
    expect(await ana.events.diffText(event, 1, 2)).toContain('Two');
    expect(await ana.events.revert(event, 2)).toMatchObject({ title: 'One', description: 'Agenda', version: 4 });
    expect(await ana.events.rollback(event, 2)).toMatchObject({ title: 'Two', description: null, version: 5 });
    expect(await ana.events.undo(event, 5)).toMatchObject({ title: 'One', description: 'Agenda', version: 6 });
    // Without a number, the last change.
    expect(await ana.events.undo(event, undefined, { dryRun: true })).toMatchObject({ would: { version: 7 } });
    expect(await ana.events.undo(event)).toMatchObject({ version: 7, title: 'Two' });
    expect(await ana.events.undo(event)).toMatchObject({ version: 8, title: 'One', description: 'Agenda' });
  });

  it('are based on the version that was read: what others changed is merged, or refused with both sides', async () => {
    const event = await ana.events.create({ title: 'One', ...slot() });
    await ana.events.update(event, { title: 'Two' });
    const merged = await ana.events.update(event, { location: 'Room 4' });
    expect(merged).toMatchObject({ title: 'Two', location: 'Room 4', version: 3 });
    expect(responseOf(merged)).toMatchObject({ status: 200, merged: { from: 1, to: 2 }, replayed: false });
    const refusal = await failure(ana.events.update(event, { title: 'Three' }));
    if (!isProblem(refusal, 'stale_version')) throw refusal;
    expect([refusal.status, refusal.current_version, refusal.clashes]).toMatchObject([
      412,
      3,
      [{ field: 'title', base: 'One', theirs: 'Two', yours: 'Three' }],
    ]);
    expect(isProblem(await failure(ana.events.update(event, { url: null, location: null }, { strict: true })), 'stale_version')).toBe(true); // prettier-ignore
    expect(isProblem(await failure(ana.events.delete(event)), 'stale_version')).toBe(true);
    expect(await ana.events.update(event, { title: 'Four' }, { ifMatch: false })).toMatchObject({ version: 4 });
    expect(await ana.events.update(event.id, { title: 'Five' })).toMatchObject({ version: 5 });
    expect(await ana.events.update(event.id, { title: 'Six' }, { ifMatch: 5 })).toMatchObject({ version: 6 });
  });

  it('are rehearsed with dryRun, typed as what they would answer', async () => {
    const rehearsal = await ana.events.create({ title: 'Perhaps', ...slot() }, { dryRun: true });
    const title: string = rehearsal.would.title;
    expect([title, rehearsal.changes[0]!.kind]).toEqual(['Perhaps', 'created']);
    expect(await ana.events.list({ q: 'Perhaps' }).toArray()).toEqual([]);
  });

  it('take options in the place of a body that is left out, or with its members', async () => {
    const event = await ana.events.create({ title: 'One', ...slot() });
    const second = await ana.events.update(event, { title: 'Two', location: 'Room 4' });
    const back = await ana.events.rollback(event, 1, { dryRun: true });
    expect(back.would.title).toBe('One');
    expect((await ana.events.revert(event, 2, { change_comment: 'no', dryRun: true })).would.title).toBe('One');
    expect((await ana.events.undo(event, 2, { dryRun: true })).changes.length).toBe(1);
    expect((await ana.events.rollback(event, 1, { fields: ['title'] }, { dryRun: true })).would.location).toBe(
      'Room 4',
    );
    expect((await ana.events.get(event)).version).toBe(2);
    const key = 'roll back once';
    const first = await ana.events.rollback(event, 1, { fields: ['title'], idempotencyKey: key });
    expect(first).toMatchObject({ title: 'One', location: 'Room 4', version: 3 });
    expect(responseOf(await ana.events.rollback(event, 1, { fields: ['title'], idempotencyKey: key }))!.replayed).toBe(true); // prettier-ignore
    await ana.events.delete(second.id);
    expect((await ana.events.restore(event, { dryRun: true })).would.title).toBe('One');
    expect(isProblem(await failure(ana.events.get(event)), 'not_found')).toBe(true);
  });

  it('are refused with an error that its code narrows', async () => {
    const time = slot();
    await ana.events.create({ title: 'First', ...time });
    const clash = await failure(ana.events.create({ title: 'Second', ...time }));
    expect(clash).toBeInstanceOf(ConveneError);
    expect(clash).toBeInstanceOf(Error);
    if (!(clash instanceof ConveneError) || clash.code !== 'event_conflict') throw clash;
    const next: string | undefined = clash.suggestions?.[0]?.start_time;
    expect([clash.status, clash.conflicts[0]!.title, typeof next]).toEqual([409, 'First', 'string']);
    expect(clash.requestId).not.toBe('');
    const invalid = await failure(ana.events.create({ ...time, title: '', location: 'x'.repeat(256) }));
    if (!(invalid instanceof ConveneError)) throw invalid;
    expect([invalid.code, invalid.errors.map(({ pointer }) => pointer)]).toEqual([
      'validation_failed',
      ['/title', '/location'],
    ]);
    expect(invalid.message).toContain('/location: ');
  });

  it('are listed page by page, as far as the loop goes', async () => {
    const cara = await signIn(app, 'cara');
    const times = Array.from({ length: 7 }, slot);
    await cara.events.batch(times.map((time, index) => ({ title: `Event ${index}`, ...time })));
    const requests: string[] = [];
    const watched = await signIn(app, 'dan', {
      fetch: (url, init) => {
        requests.push(url);
        return fetch(url, init);
      },
    });
    await watched.events.batch(times.map((time, index) => ({ title: `Event ${index}`, ...time })));
    requests.length = 0;
    const list = watched.events.list({ from: times[1]!.start_time, limit: 2 });
    expect(requests).toEqual([]);
    const titles: string[] = [];
    for await (const event of list) if (titles.push(event.title) === 3) break;
    expect([titles, requests.length]).toEqual([['Event 1', 'Event 2', 'Event 3'], 2]);
    expect((await list.toArray()).map(({ title }) => title)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `Event ${n}`));
    const first = await list.page();
    expect((await list.page(first.next_cursor)).items[0]!.title).toBe('Event 3');
    expect((await watched.events.list({ limit: 50 }).page()).sync_token).toEqual(expect.any(String));
  });

  it('change in part: one occurrence of a series', async () => {
    const { start_time, end_time } = slot();
    const series = await ana.events.create({
      title: 'Series',
      start_time,
      end_time,
      recurrence_pattern: 'FREQ=YEARLY;COUNT=3',
    });
    const window = { from: '2030-01-01', to: '2036-01-01' };
    const [, second] = await ana.events.occurrences(series, window).toArray();
    const changed = await ana.events.update(series, { title: 'Moved' }, { occurrence: second!.original_start });
    expect(changed.overrides).toMatchObject([{ title: 'Moved' }]);
    await ana.events.delete(changed, { occurrence: second!.original_start, scope: 'following' });
    expect((await ana.events.occurrences(series, window).toArray()).length).toBe(1);
  });
});
