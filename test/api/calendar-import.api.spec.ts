import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  calendarCases,
  calendarFile,
  calendarOf,
  differences,
  importFile,
  outcomesOf,
  readCalendar,
  vevent,
} from '../support/calendar-files.js';
import { versionsOf } from '../support/meetings.js';
import { footprint, send } from '../support/requests.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const HOUR = ['DTSTART:20270301T100000Z', 'DTEND:20270301T110000Z', 'SUMMARY:Review'];

describe('POST /api/calendar/import', () => {
  it.each(calendarCases.map((one) => [`${one.id} ${one.name}`, one] as const))(
    'gives the expected outcome for %s, and changes nothing the second time',
    async (_name, one) => {
      const ana = await app.signUp('ana', 'Australia/Adelaide');
      const file = calendarFile(one.files[0]!);
      const preview = await importFile(app, ana, file, '?dry_run=true');
      const { status, json } = await importFile(app, ana, file);
      const events = await readCalendar(app, ana);
      const reasons = outcomesOf(one).map((outcome) => {
        if (outcome.status === 'refused') {
          const isNear = Math.abs(json.skipped?.[0]?.line - outcome.refused!.line) <= 1;
          return status === 422 && isNear ? [] : [`${status} at line ${json.skipped?.[0]?.line}`];
        }
        return [
          ...(status === 200 ? [] : [`status ${status}`]),
          ...differences(events, outcome),
          ...missing('skipped', json.skipped, outcome.skipped),
          ...missing('warning', json.warnings, outcome.warnings),
        ];
      });
      expect(reasons.find((list) => list.length === 0) ?? reasons[0]).toEqual([]);
      expect([preview.status, preview.json.skipped, preview.json.created]).toEqual([
        status,
        json.skipped,
        json.created,
      ]);

      const before = await footprint(app.database);
      const again = await importFile(app, ana, file);
      expect(again.status).toBe(status);
      if (status === 200) expect([again.json.created, again.json.updated, again.json.cancelled]).toEqual([0, 0, 0]);
      expect(await footprint(app.database)).toEqual(before);
    },
  );

  it('writes versions with the comment “Imported”, owned by the importer', async () => {
    const ana = await app.signUp('ana');
    const { json } = await importFile(app, ana, calendarOf(...vevent('a@example.org', ...HOUR)));
    const [{ id }] = json.items;
    const history = await send(app, `/api/events/${id}/history`, { as: ana });
    expect(history.json.items.map(({ kind, comment }: Record<string, string>) => [kind, comment])).toEqual([
      ['created', 'Imported'],
    ]);
    expect((await send(app, `/api/events/${id}`, { as: ana })).json).toMatchObject({
      uid: 'a@example.org',
      role: 'owner',
    });
  });

  it('updates an event with a newer SEQUENCE, leaves it with an older one, and never undoes a change made here', async () => {
    const ana = await app.signUp('ana');
    const at = (sequence: number, title: string): string =>
      calendarOf(...vevent('s@example.org', ...HOUR.slice(0, 2), `SUMMARY:${title}`, `SEQUENCE:${sequence}`));
    const [{ id }] = (await importFile(app, ana, at(2, 'Two'))).json.items;
    expect((await importFile(app, ana, at(1, 'One'))).json).toMatchObject({ unchanged: 1, updated: 0 });
    expect((await importFile(app, ana, at(3, 'Three'))).json).toMatchObject({ updated: 1 });
    await send(app, `/api/events/${id}`, { as: ana, method: 'PUT', body: { title: 'Mine' } });
    expect((await importFile(app, ana, at(3, 'Three'))).json).toMatchObject({ unchanged: 1 });
    expect((await importFile(app, ana, at(4, 'Four'))).json).toMatchObject({ unchanged: 1 });
    expect((await importFile(app, ana, at(5, 'Five'))).json).toMatchObject({ updated: 1 });
    expect(await versionsOf(app.database, id)).toEqual(['1 created', '2 updated', '3 updated', '4 updated']);
  });

  it('cancels events and occurrences with METHOD:CANCEL', async () => {
    const ana = await app.signUp('ana');
    const series = vevent('c@example.org', ...HOUR, 'RRULE:FREQ=DAILY;COUNT=3');
    const [{ id }] = (await importFile(app, ana, calendarOf(...series))).json.items;
    const cancel = (...lines: string[]): string => calendarOf('METHOD:CANCEL', ...vevent('c@example.org', ...lines));
    const one = await importFile(
      app,
      ana,
      cancel('RECURRENCE-ID:20270302T100000Z', 'SEQUENCE:1', 'DTSTART:20270302T100000Z'),
    );
    expect(one.json).toMatchObject({ cancelled: 1, items: [{ id, result: 'cancelled' }] });
    expect((await readCalendar(app, ana))[0]!.total).toBe(2);
    expect((await importFile(app, ana, cancel('SEQUENCE:2', 'DTSTART:20270301T100000Z'))).json.cancelled).toBe(1);
    expect((await send(app, `/api/events/${id}`, { as: ana })).json.status).toBe('cancelled');
    const other = await importFile(app, ana, calendarOf('METHOD:CANCEL', ...vevent('none@example.org', ...HOUR)));
    expect([other.status, other.json.skipped[0].uid]).toEqual([422, 'none@example.org']);
  });

  it('lists conflicts, and rejects the whole file for them when asked to', async () => {
    const ana = await app.signUp('ana');
    const file = calendarOf(...vevent('x@example.org', ...HOUR), ...vevent('y@example.org', ...HOUR));
    const rejected = await importFile(app, ana, file, '?on_conflict=reject');
    expect([rejected.status, rejected.json.code]).toEqual([409, 'event_conflict']);
    const allowed = await importFile(app, ana, file);
    expect(allowed.json).toMatchObject({ created: 2 });
    expect(allowed.json.conflicts.length).toBeGreaterThan(0);
  });

  it('finds conflicts of an endless series with events after it in the file, also in far years', async () => {
    const ana = await app.signUp('ana');
    const weekly = vevent('series@example.org', ...HOUR, 'RRULE:FREQ=WEEKLY');
    // On the same day of the week: a week and 28 years later.
    for (const day of ['20270308', '20550301']) {
      const single = HOUR.map((line) => line.replace('20270301', day));
      const file = calendarOf(...weekly, ...vevent('single@example.org', ...single));
      const { status, json } = await importFile(app, ana, file, '?on_conflict=reject');
      expect([status, json.conflicts]).toEqual([409, [expect.anything()]]);
    }
  });

  it('leaves out the occurrences that conflict with other events of the file, in any order', async () => {
    const ana = await app.signUp('ana');
    const weekly = vevent('series@example.org', ...HOUR, 'RRULE:FREQ=WEEKLY;COUNT=3');
    const file = calendarOf(...weekly, ...vevent('single@example.org', ...HOUR));
    const { json } = await importFile(app, ana, file, '?on_conflict=skip');
    expect(json).toMatchObject({ created: 2, items: [{ uid: 'series@example.org' }, { uid: 'single@example.org' }] });
    expect(json.conflicts).toHaveLength(1);
  });

  it('imports many events around a conflict, and names it', async () => {
    const ana = await app.signUp('ana');
    const events = Array.from({ length: 450 }, (_, n) => {
      const at = new Date(Date.UTC(2031, 0, 1, n === 300 ? 299 : n)).toISOString().replaceAll(/[-:]|\.\d+/g, '');
      return vevent(`e${n}@example.org`, `DTSTART:${at}`, 'DURATION:PT1H', `SUMMARY:${n}`);
    });
    const file = calendarOf(...events.flat());
    const rejected = await importFile(app, ana, file, '?on_conflict=reject');
    expect([rejected.status, rejected.json.conflicts]).toEqual([409, [expect.objectContaining({ title: '299' })]]);
    const { json } = await importFile(app, ana, file);
    expect(json).toMatchObject({ created: 450, conflicts: [{ title: '299' }] });
    const uids = (json.items as { uid: string }[]).map(({ uid }) => uid);
    expect(uids).toEqual(events.map((_, n) => `e${n}@example.org`));
  });

  it('does not let a viewer change the event that has the UID', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const at = (sequence: number): string => calendarOf(...vevent('v@example.org', ...HOUR, `SEQUENCE:${sequence}`));
    const [{ id }] = (await importFile(app, ana, at(0))).json.items;
    await send(app, `/api/events/${id}/share`, { as: ana, body: { username: ben.username, role: 'viewer' } });
    const { status, json } = await importFile(app, ben, at(1));
    expect([status, json.skipped[0].uid]).toEqual([422, 'v@example.org']);
  });

  it('imports two files at once without making an event twice', async () => {
    const ana = await app.signUp('ana');
    const file = calendarOf(...vevent('twice@example.org', ...HOUR));
    await Promise.all([1, 2, 3, 4].map(() => importFile(app, ana, file)));
    expect(await readCalendar(app, ana)).toHaveLength(1);
  });

  it('refuses anything but a file', async () => {
    const ana = await app.signUp('ana');
    expect((await send(app, '/api/calendar/import', { as: ana, body: {} })).status).toBe(415);
    expect((await importFile(app, ana, '')).status).toBe(422);
    expect((await importFile(app, ana, calendarOf())).json).toMatchObject({ created: 0, items: [] });
  });
});

interface Named {
  uid?: string | null;
  line: number;
  about?: string;
  property?: string;
}

/** Returns the entries that must be named, and are not: with their UID, their line or the one beside it, and a reason. */
function missing(kind: string, named: (Named & { reason: string })[], expected: Named[] = []): string[] {
  const isNamed = ({ uid, line, about }: Named): boolean =>
    named.some(
      (one) =>
        Math.abs(one.line - line) <= 1 &&
        (uid === undefined || one.uid === uid) &&
        (about === undefined || one.property === about) &&
        one.reason !== '',
    );
  return expected.filter((one) => !isNamed(one)).map((one) => `${kind} ${JSON.stringify(one)}`);
}
