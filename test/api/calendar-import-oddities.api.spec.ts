import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calendarOf, importFile, readCalendar, vevent } from '../support/calendar-files.js';
import { fetchFeed, makeFeed } from '../support/calendar-feeds.js';
import { createMeeting, share } from '../support/meetings.js';
import { send } from '../support/requests.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const HOUR = ['DTSTART:20270301T100000Z', 'DTEND:20270301T110000Z', 'SUMMARY:Review'];
const DAILY = [...HOUR, 'RRULE:FREQ=DAILY;COUNT=3'];
const event = (...lines: string[]): string[] => vevent('odd@example.org', ...lines);
const cancel = (...lines: string[]): string => calendarOf('METHOD:CANCEL', ...event(...lines));
const occurrence = (day: string, ...lines: string[]): string[] =>
  event(
    `RECURRENCE-ID:202703${day}T100000Z`,
    `DTSTART:202703${day}T120000Z`,
    `DTEND:202703${day}T130000Z`,
    'SUMMARY:Moved',
    ...lines,
  );
const EASTERN = '(UTC-05:00) Eastern Time (US & Canada)';
const easternRules = [
  ...['BEGIN:VTIMEZONE', `TZID:${EASTERN}`],
  ...['BEGIN:STANDARD', 'DTSTART:16041101T020000', 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU'],
  ...['TZOFFSETFROM:-0400', 'TZOFFSETTO:-0500', 'END:STANDARD'],
  ...['BEGIN:DAYLIGHT', 'DTSTART:16040314T020000', 'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU'],
  ...['TZOFFSETFROM:-0500', 'TZOFFSETTO:-0400', 'END:DAYLIGHT', 'END:VTIMEZONE'],
];

interface Odd {
  name: string;
  /** Imported one after another. */
  files: string[];
  /** Title, status and first start; what the events that are stored must be. */
  stored: [title: string, status: string, starts: string[]][];
  /** The properties that the last import warns about. */
  warnings?: string[];
}

const ODDITIES: Odd[] = [
  {
    name: 'what cancels an event in the file that has the event',
    files: [calendarOf(...event(...HOUR)) + cancel(...HOUR, 'SEQUENCE:1')],
    stored: [['Review', 'cancelled', []]],
  },
  {
    name: 'the same the other way round, and once more',
    files: Array.from({ length: 2 }, () => cancel(...HOUR, 'SEQUENCE:2') + calendarOf(...event(...HOUR, 'SEQUENCE:1'))),
    stored: [['Review', 'cancelled', []]],
  },
  {
    name: 'a cancellation that is older than the event',
    files: [calendarOf(...event(...HOUR, 'SEQUENCE:5')), cancel(...HOUR, 'SEQUENCE:3'), cancel(...HOUR, 'SEQUENCE:5')],
    stored: [['Review', 'confirmed', ['2027-03-01T10:00:00Z']]],
  },
  {
    name: 'a newer event after a cancellation',
    files: [calendarOf(...event(...HOUR)), cancel(...HOUR, 'SEQUENCE:6'), calendarOf(...event(...HOUR, 'SEQUENCE:7'))],
    stored: [['Review', 'confirmed', ['2027-03-01T10:00:00Z']]],
  },
  {
    name: 'a change of the only occurrence of an event that does not recur',
    files: [calendarOf(...event(...HOUR), ...occurrence('01'))],
    stored: [['Moved', 'confirmed', ['2027-03-01T12:00:00Z']]],
  },
  {
    name: 'the cancellation of the only occurrence of an event that does not recur',
    files: [calendarOf(...event(...HOUR)), cancel('RECURRENCE-ID:20270301T100000Z', 'SEQUENCE:1')],
    stored: [['Review', 'cancelled', []]],
  },
  {
    name: 'the cancellation of an occurrence that there is not',
    files: [calendarOf(...event(...DAILY)), cancel('RECURRENCE-ID:20270309T100000Z', 'SEQUENCE:1')],
    stored: [['Review', 'confirmed', ['2027-03-01T10:00:00Z', '2027-03-02T10:00:00Z', '2027-03-03T10:00:00Z']]],
    warnings: ['RECURRENCE-ID'],
  },
  {
    name: 'RANGE=THISANDFUTURE',
    files: [
      calendarOf(
        ...event(...DAILY),
        ...occurrence('02').map((line) => line.replace('RECURRENCE-ID', 'RECURRENCE-ID;RANGE=THISANDFUTURE')),
      ),
    ],
    stored: [['Review', 'confirmed', ['2027-03-01T10:00:00Z', '2027-03-02T12:00:00Z', '2027-03-03T10:00:00Z']]],
    warnings: ['RECURRENCE-ID'],
  },
  {
    name: 'a zone name with a colon and without quotes, whose rules begin in 1604',
    files: [
      calendarOf(...easternRules, ...event(`DTSTART;TZID=${EASTERN}:20270701T100000`, 'DURATION:PT1H', 'SUMMARY:East')),
    ],
    stored: [['East', 'confirmed', ['2027-07-01T14:00:00Z']]],
  },
  {
    name: 'properties that an event has once',
    files: [calendarOf(...event(...HOUR, 'DTSTART:20280101T100000Z', 'SUMMARY:Second'))],
    stored: [['Review', 'confirmed', ['2027-03-01T10:00:00Z']]],
    warnings: ['DTSTART', 'SUMMARY'],
  },
  {
    name: 'an end and a length, and values that mean nothing',
    files: [calendarOf(...event(...HOUR, 'DURATION:PT5H', 'STATUS:NEEDS-ACTION', 'TRANSP:MAYBE'))],
    stored: [['Review', 'confirmed', ['2027-03-01T10:00:00Z']]],
    warnings: ['STATUS', 'TRANSP', 'DURATION'],
  },
  {
    name: 'hours of an all-day event',
    files: [calendarOf(...event('DTSTART;VALUE=DATE:20270301', 'DURATION:PT5H', 'SUMMARY:Day'))],
    stored: [['Day', 'confirmed', ['2027-03-01']]],
    warnings: ['DURATION'],
  },
  {
    name: 'a period that ends before it starts',
    files: [calendarOf(...event(...HOUR, 'RDATE;VALUE=PERIOD:20270305T100000Z/20270305T090000Z'))],
    stored: [['Review', 'confirmed', ['2027-03-01T10:00:00Z', '2027-03-05T10:00:00Z']]],
    warnings: ['RDATE'],
  },
  {
    name: 'a series until the year 9999',
    files: [calendarOf(...event(...HOUR, 'RRULE:FREQ=YEARLY;UNTIL=99991231T235959Z'))],
    stored: [['Review', 'confirmed', [27, 28, 29, 30, 31].map((year) => `20${year}-03-01T10:00:00Z`)]],
    warnings: ['RRULE'],
  },
];

describe('an import of', () => {
  it.each(ODDITIES)('$name', async ({ files, stored, warnings = [] }) => {
    const ana = await app.signUp('ana', 'Europe/Paris');
    let last = await importFile(app, ana, files[0]!);
    for (const file of files.slice(1)) last = await importFile(app, ana, file);
    expect([last.status, last.json.skipped]).toEqual([200, []]);
    expect(last.json.warnings.map(({ property }: { property: string }) => property)).toEqual(warnings);
    const events = (await readCalendar(app, ana)).map((one) => [
      one.title,
      one['status'],
      one.times.map(([start]) => start),
    ]);
    expect(events).toEqual(stored);
    const again = await importFile(app, ana, files.at(-1)!);
    expect(again.json).toMatchObject({ created: 0, updated: 0, cancelled: 0, unchanged: 1 });
  });

  it('events that end before they start names each, and imports the others', async () => {
    const ana = await app.signUp('ana');
    const { json } = await importFile(
      app,
      ana,
      calendarOf(
        ...vevent('end@example.org', 'DTSTART:20270301T100000Z', 'DTEND:20270301T090000Z'),
        ...vevent('day@example.org', 'DTSTART;VALUE=DATE:20270301', 'DTEND;VALUE=DATE:20270228'),
        ...vevent('length@example.org', 'DTSTART:20270301T100000Z', 'DURATION:-PT1H'),
        ...vevent('count@example.org', ...HOUR, 'RRULE:FREQ=DAILY;COUNT=100000'),
        ...vevent('good@example.org', ...HOUR),
      ),
    );
    expect(json.skipped.map(({ uid, line }: { uid: string; line: number }) => [uid.split('@')[0], line])).toEqual([
      ['end', 8],
      ['day', 14],
      ['length', 20],
      ['count', 28],
    ]);
    expect(json.items).toMatchObject([{ uid: 'good@example.org', result: 'created' }]);
  });

  it('a UID that others have as well changes the event of the importer, and never one that they do not see', async () => {
    const [ana, ben, cem] = [await app.signUp('ana'), await app.signUp('ben'), await app.signUp('cem')];
    const file = calendarOf(...event(...HOUR));
    const newer = calendarOf(...event(...HOUR.slice(0, 2), 'SUMMARY:Newer', 'SEQUENCE:1'));
    const [own] = (await importFile(app, ana, file)).json.items;
    const [theirs] = (await importFile(app, ben, file)).json.items;
    await share(ana, own.id, ben, 'editor');
    await share(ana, own.id, cem, 'editor');
    expect((await importFile(app, ben, newer)).json.items).toMatchObject([{ id: theirs.id, result: 'updated' }]);
    expect((await send(app, `/api/events/${own.id}`, { as: ana })).json.title).toBe('Review');
    // Somebody who shares an event with a UID that others know must not receive what they import.
    expect((await importFile(app, cem, file)).json.items).toMatchObject([{ id: own.id, result: 'unchanged' }]);
    const shared = 'Somebody else shares an event with this UID with you. Change it there.';
    const both = calendarOf(
      ...event(...HOUR.slice(0, 2), 'SUMMARY:Mine', 'SEQUENCE:1'),
      ...vevent('mine@cem', ...HOUR),
    );
    const outcome = { created: 1, updated: 0, skipped: [{ reason: shared }] };
    expect((await importFile(app, cem, both, '?dry_run=true')).json).toMatchObject(outcome);
    expect((await importFile(app, cem, both)).json).toMatchObject(outcome);
    // Also when the shared event is newer, or only read, and however the file changes it.
    await importFile(app, ana, calendarOf(...event(...HOUR, 'SEQUENCE:7')));
    await share(ana, own.id, cem, 'viewer');
    const again = { ...outcome, created: 0, unchanged: 1 };
    expect((await importFile(app, cem, both)).json).toMatchObject(again);
    const cancelled = calendarOf(...event(...HOUR, 'SEQUENCE:8', 'STATUS:CANCELLED'), ...vevent('mine@cem', ...HOUR));
    expect((await importFile(app, cem, cancelled)).json).toMatchObject(again);

    const dan = await app.signUp('dan');
    const stolen = calendarOf(...vevent(`${own.id}@convene`, ...HOUR, 'SEQUENCE:9'));
    const [copy] = (await importFile(app, dan, stolen)).json.items;
    expect([copy.result, copy.id === own.id]).toEqual(['created', false]);
    expect((await send(app, `/api/events/${own.id}`, { as: ana })).json.title).toBe('Review');
  });

  it('what was exported from a shared event that was made here changes that event, for those who may edit it', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const made = await createMeeting(ana, { title: 'Plan' });
    await share(ana, made.id, ben, 'editor');
    const exported = async (): Promise<string> =>
      (
        await send(app, `/api/events/${made.id}.ics`, { as: ben, headers: { accept: 'text/calendar' } })
      ).bytes.toString();
    const file = await exported();
    expect((await importFile(app, ben, file)).json.items).toMatchObject([{ id: made.id, result: 'unchanged' }]);
    const edited = (title: string, sequence: number): string =>
      file.replace('SUMMARY:Plan', `SUMMARY:${title}`).replace(/SEQUENCE:\d+/, `SEQUENCE:${sequence}`);
    expect((await importFile(app, ben, edited('Trip', 90))).json.items).toMatchObject([
      { id: made.id, result: 'updated' },
    ]);
    expect((await send(app, `/api/events/${made.id}`, { as: ana })).json.title).toBe('Trip');
    // Without the right to edit it, the file is compared, and not applied.
    await share(ana, made.id, ben, 'viewer');
    expect((await importFile(app, ben, await exported())).json.items).toMatchObject([{ result: 'unchanged' }]);
    const refused = await importFile(app, ben, edited('Tour', 99));
    expect([refused.status, refused.json.skipped[0].reason]).toEqual([
      422,
      'You may read the event with this UID, but not change it.',
    ]);
    expect((await send(app, `/api/events/${made.id}`, { as: ana })).json.title).toBe('Trip');
    // An event that was imported under such a UID is not one that was made here.
    const copied = calendarOf(...vevent(`${crypto.randomUUID()}@convene`, ...HOUR));
    const [copy] = (await importFile(app, ana, copied)).json.items;
    await share(ana, copy.id, ben, 'editor');
    const newer = await importFile(app, ben, copied.replace('SUMMARY:Review', 'SUMMARY:Mine'));
    expect(newer.json.skipped[0].reason).toMatch(/^Somebody else shares/);
  });

  it('one file, three times at once, creates its events once', async () => {
    const ana = await app.signUp('ana');
    const file = calendarOf(...Array.from({ length: 60 }, (_, n) => vevent(`n${n}@example.org`, ...HOUR)).flat());
    const answers = await Promise.all([1, 2, 3].map(() => importFile(app, ana, file)));
    expect(answers.map(({ json }) => json.created).sort((a, b) => a - b)).toEqual([0, 0, 60]);
    expect(answers.map(({ json }) => json.unchanged).sort((a, b) => a - b)).toEqual([0, 60, 60]);
  });
});

describe('a feed whose secret is replaced while it is fetched', () => {
  it('is whole or a 404', async () => {
    const ana = await app.signUp('ana');
    await importFile(app, ana, calendarOf(...event(...HOUR)));
    const { id, path } = await makeFeed(app, ana);
    const fetches = Array.from({ length: 12 }, () => fetchFeed(app, path));
    const rotated = await send(app, `/api/calendar/feed/${id}/rotate`, { as: ana, body: {} });
    expect(rotated.status).toBe(200);
    for (const { status, text } of await Promise.all(fetches)) {
      expect(status === 404 || (status === 200 && text.includes('BEGIN:VEVENT'))).toBe(true);
    }
    expect((await fetchFeed(app, path)).status).toBe(404);
  });
});
