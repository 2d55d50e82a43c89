import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  calendarCases,
  calendarFile,
  calendarOf,
  importFile,
  readCalendar,
  vevent,
} from '../support/calendar-files.js';
import { TrashService } from '../../src/events/trash.service.js';
import { share } from '../support/meetings.js';
import { send } from '../support/requests.js';
import { PASSWORD, type Person, startApp, type TestApp } from '../support/test-app.js';
import { RFC_EXAMPLES } from '../recurrence/rfc-examples.js';
import type { Vector } from '../recurrence/vectors.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const exported = async (as: Person, path = '/api/calendar.ics'): Promise<string> => {
  const { status, headers, bytes } = await send(app, path, { as, headers: { accept: 'text/calendar' } });
  expect([status, headers.get('content-type')]).toEqual([200, 'text/calendar; charset=utf-8']);
  return bytes.toString('utf8');
};
const unfold = (text: string): string[] => text.replaceAll('\r\n ', '').split('\r\n');
const withoutStamps = (text: string): string => text.replaceAll(/DTSTAMP:\w+/g, 'DTSTAMP');
const timesOf = async (as: Person): Promise<unknown> =>
  (await readCalendar(app, as)).map(({ uid, title, times, total }) => [uid, title, times, total]);

describe('GET /api/calendar.ics', () => {
  it.each(
    calendarCases.filter(({ status }) => status === 'imported').map((one) => [`${one.id} ${one.name}`, one] as const),
  )('exports what %s imported, so that another import gives the same events and the same file', async (_name, one) => {
    const [ana, ben] = [await app.signUp('ana', 'Australia/Adelaide'), await app.signUp('ben', 'Australia/Adelaide')];
    await importFile(app, ana, calendarFile(one.files[0]!));
    const first = await exported(ana);
    const copied = await importFile(app, ben, first);
    expect(copied.json.skipped).toEqual([]);
    expect(await timesOf(ben)).toEqual(await timesOf(ana));
    expect(withoutStamps(await exported(ben))).toBe(withoutStamps(first));
    expect((await importFile(app, ana, first)).json).toMatchObject({ created: 0, updated: 0, cancelled: 0 });
    for (const name of one.kept ?? [])
      expect(unfold(first).some((line) => name.split(';').every((part) => line.includes(part)))).toBe(true);
    for (const line of first.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  });

  it('keeps properties with their parameters, as they were', async () => {
    const ana = await app.signUp('ana');
    await importFile(app, ana, calendarFile('30-parameters.ics'));
    const before = unfold(calendarFile('30-parameters.ics').toString('utf8'));
    const after = unfold(await exported(ana));
    const kept = before.filter((line) => /^(?:SUMMARY|DESCRIPTION|X-)/.test(line));
    expect(kept).toHaveLength(3);
    expect(after).toEqual(expect.arrayContaining(kept));
  });

  it('writes one VTIMEZONE per zone, none for UTC, and one line each for status, transparency and sequence', async () => {
    const ana = await app.signUp('ana');
    for (const [index, time_zone] of [
      'Europe/Paris',
      'Europe/Paris',
      'America/Sao_Paulo',
      'Australia/Lord_Howe',
      'UTC',
    ].entries()) {
      const times = {
        start_time: `2027-06-0${index + 1}T10:00:00`,
        end_time: `2027-06-0${index + 1}T11:00:00`,
        time_zone,
      };
      await send(app, '/api/events', {
        as: ana,
        body: { title: time_zone, ...times, show_as: index === 4 ? 'free' : 'busy' },
      });
    }
    const lines = unfold(await exported(ana));
    expect(lines.filter((line) => line.startsWith('TZID:'))).toEqual([
      'TZID:America/Sao_Paulo',
      'TZID:Australia/Lord_Howe',
      'TZID:Europe/Paris',
    ]);
    expect(lines).toContain('DTSTART:20270605T100000Z');
    expect(lines.filter((line) => line === 'TRANSP:TRANSPARENT')).toHaveLength(1);
    expect(lines.filter((line) => line === 'SEQUENCE:0')).toHaveLength(5);
  });

  it('writes a changed title of one occurrence as one component, without a rule', async () => {
    const ana = await app.signUp('ana');
    const series = calendarOf(
      ...vevent(
        'o@example.org',
        'DTSTART:20270301T100000Z',
        'DURATION:PT1H',
        'SUMMARY:Daily',
        'RRULE:FREQ=DAILY;COUNT=3',
      ),
    );
    const [{ id }] = (await importFile(app, ana, series)).json.items;
    const occurrence = `/api/events/${id}?occurrence=2027-03-02T10:00:00Z&scope=this`;
    await send(app, occurrence, { as: ana, method: 'PUT', body: { title: 'Special' } });
    const lines = unfold(await exported(ana, `/api/events/${id}.ics`));
    expect(lines.filter((line) => line === 'BEGIN:VEVENT')).toHaveLength(2);
    expect(lines.filter((line) => /^(?:RRULE|EXDATE)/.test(line))).toEqual(['RRULE:FREQ=DAILY;COUNT=3']);
    expect(lines.filter((line) => line.startsWith('RECURRENCE-ID'))).toEqual(['RECURRENCE-ID:20270302T100000Z']);
    expect(new Set(lines.filter((line) => line.startsWith('UID:')))).toEqual(new Set(['UID:o@example.org']));
    expect(lines.filter((line) => line.startsWith('SEQUENCE:'))).toEqual(['SEQUENCE:1', 'SEQUENCE:1']);
  });

  it('takes every series that the API accepts there and back', async () => {
    const folder = process.env['RECURRENCE_VECTORS'];
    const file = folder ? join(folder, 'vectors.json') : '';
    const vectors = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Vector[]) : RFC_EXAMPLES;
    const [ana, ben] = [await app.signUp('ana', 'Europe/Paris'), await app.signUp('ben', 'Europe/Paris')];
    const bodies = vectors.flatMap((vector, index) => toBody(vector, index));
    let accepted = 0;
    for (let from = 0; from < bodies.length; from += 100) {
      const batch = bodies.slice(from, from + 100);
      const first = await send(app, '/api/events/batch', { as: ana, body: { events: batch } });
      const bad = new Set(
        (first.json.errors ?? []).map(({ pointer }: { pointer: string }) => Number(pointer.split('/')[2])),
      );
      const rest = batch.filter((_body, index) => !bad.has(index));
      accepted += rest.length;
      if (bad.size > 0 && rest.length > 0) {
        expect((await send(app, '/api/events/batch', { as: ana, body: { events: rest } })).status).toBe(201);
      }
    }
    const text = await exported(ana);
    const { json } = await importFile(app, ben, text);
    expect(json.skipped).toEqual([]);
    expect(json.created).toBe(accepted);
    expect(withoutStamps(await exported(ben))).toBe(withoutStamps(text));
    expect(await contentsOf(ben)).toEqual(await contentsOf(ana));
    expect(accepted).toBeGreaterThan(20);
  });
});

describe('lines that were kept for another export', () => {
  const file = calendarOf(
    ...vevent('k@example.org', 'DTSTART:20270301T100000Z', 'DTEND:20270301T110000Z', 'CATEGORIES:Private', 'X-A:1'),
  );
  const keptOf = async (id: string): Promise<unknown> =>
    (await app.database.query<{ kept: object }>('SELECT kept FROM imported_events WHERE event_id = $1', [id]))[0]!.kept;
  const imported = async (as: Person): Promise<string> => (await importFile(app, as, file)).json.items[0].id as string;

  it('go with an event that leaves the trash for good', async () => {
    const ana = await app.signUp('ana');
    const id = await imported(ana);
    await send(app, `/api/events/${id}`, { as: ana, method: 'DELETE' });
    expect(await keptOf(id)).toEqual({ '': ['CATEGORIES:Private', 'X-A:1'] });
    await app.app.get(TrashService).purge({ days: 0, now: new Date(Date.now() + 1_000) });
    expect(await keptOf(id)).toEqual({});
  });

  it('go with the events of an erased account, and stay with those that another member owns from then on', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const id = await imported(ana);
    await send(app, `/api/auth/me`, { as: ana, method: 'DELETE', body: { password: PASSWORD } });
    expect(await keptOf(id)).toEqual({});
    const cleo = await app.signUp('cleo');
    const shared = await imported(cleo);
    await share(cleo, shared, ben, 'editor');
    await send(app, `/api/auth/me`, { as: cleo, method: 'DELETE', body: { password: PASSWORD } });
    expect(unfold(await exported(ben, `/api/events/${shared}.ics`))).toContain('CATEGORIES:Private');
  });
});

/** Everything about the events of a person that a calendar file contains. */
async function contentsOf({ id }: Person): Promise<unknown> {
  return app.database.query(
    `SELECT e.title, e.start_time, e.end_time, e.local_start, e.local_end, e.excluded, e.added - e.local_start AS added, e.first_start, e.last_end
       FROM events e JOIN event_permissions p ON p.event_id = e.id WHERE p.user_id = $1 ORDER BY e.start_time, e.title`,
    [id],
  );
}

/** Returns the request that creates a vector; none for what no request can say. */
function toBody({ id, dtstart, tzid, rrule, exdate = [], rdate = [] }: Vector, index: number): object[] {
  if (rrule?.length !== 1 || dtstart === undefined || rdate.some((text) => text.includes('/'))) return [];
  const wire = (text: string): string =>
    text.replace(/^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/, (_all, y, m, d, h, i, s, z) =>
      h === undefined ? `${y}-${m}-${d}` : `${y}-${m}-${d}T${h}:${i}:${s}${z}`,
    );
  const start = wire(dtstart);
  const all_day = start.length === 10;
  const stamp = Date.parse(all_day ? `${start}T00:00:00Z` : `${start.replace('Z', '')}Z`);
  if (Number.isNaN(stamp)) return [];
  const end = new Date(stamp + (all_day ? 86_400_000 : 1_800_000)).toISOString();
  const isUtc = start.endsWith('Z');
  return [
    {
      title: `${index} ${id}`.slice(0, 200),
      start_time: start,
      end_time: all_day ? end.slice(0, 10) : `${end.slice(0, 19)}${isUtc ? 'Z' : ''}`,
      time_zone: tzid ?? (isUtc ? 'UTC' : 'Europe/Paris'),
      all_day,
      recurrence_pattern: rrule[0],
      excluded: exdate.map(wire),
      added: rdate.map(wire),
      show_as: 'free',
    },
  ];
}
