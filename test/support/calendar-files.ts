import { readFileSync } from 'node:fs';
import { send, type WireAnswer } from './requests.js';
import type { Person, TestApp } from './test-app.js';

const FOLDER = new URL('../fixtures/icalendar/', import.meta.url);

interface ExpectedEvent {
  uid: string | null;
  title: string | string[] | null;
  start: string;
  all_day: boolean;
  time_zone?: string | string[];
  time_zone_like?: string;
  description?: string;
  location?: string;
  url?: string | null;
  show_as?: string;
  starts_with?: string[];
  first: [string, string][];
  total: number | null;
}

interface Outcome {
  status: 'imported' | 'refused';
  events?: ExpectedEvent[];
  warnings?: { about: string; uid?: string; line: number }[];
  skipped?: { uid: string; line: number }[];
  refused?: { line: number };
}

/** A file that broke other importers, and what it must give. */
export interface CalendarCase extends Outcome {
  id: string;
  name: string;
  files: string[];
  kept?: string[];
  /** Other right answers. */
  or?: Outcome[];
}

export const calendarFile = (name: string): Buffer => readFileSync(new URL(name, FOLDER));

export const calendarCases = (JSON.parse(calendarFile('expected.json').toString('utf8')) as { cases: CalendarCase[] })
  .cases;

/** Returns the outcomes that are right, the best first. */
export const outcomesOf = ({ or = [], ...best }: CalendarCase): Outcome[] => [best, ...or];

/** Imports a file. */
export const importFile = (
  app: TestApp,
  as: Person,
  file: Buffer | string,
  query = '',
  headers: Record<string, string> = {},
): Promise<WireAnswer> =>
  send(app, `/api/calendar/import${query}`, {
    as,
    body: file,
    headers: { 'content-type': 'text/calendar', ...headers },
  });

/** Returns a calendar with these lines. */
export const calendarOf = (...lines: string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Example Works//Planner 3//EN', ...lines, 'END:VCALENDAR', ''].join(
    '\r\n',
  );

/** Returns the lines of an event. */
export const vevent = (uid: string, ...lines: string[]): string[] => [
  'BEGIN:VEVENT',
  `UID:${uid}`,
  'DTSTAMP:20270104T080000Z',
  ...lines,
  'END:VEVENT',
];

interface Listed {
  uid: string;
  title: string;
  start_time: string;
  [member: string]: unknown;
}

/** Returns the events of a person, with the times of their occurrences that take place: the first five, and how many. */
export async function readCalendar(
  app: TestApp,
  as: Person,
): Promise<(Listed & { times: [string, string][]; total: number })[]> {
  const { json } = await send(app, '/api/events?limit=200', { as });
  return Promise.all(
    (json.items as (Listed & { id: string })[]).map(async (event) => {
      const path = `/api/events/${event.id}/occurrences?from=1990-01-01T00:00:00Z&to=2040-01-01T00:00:00Z&limit=200`;
      const { items } = (await send(app, path, { as })).json as {
        items: { start_time: string; end_time: string; status: string }[];
      };
      const held = items.filter(({ status }) => status !== 'cancelled');
      return {
        ...event,
        times: held.slice(0, 5).map(({ start_time, end_time }): [string, string] => [start_time, end_time]),
        total: held.length,
      };
    }),
  );
}

/** Returns how the events of a calendar differ from an outcome; empty when they do not. */
export function differences(events: Awaited<ReturnType<typeof readCalendar>>, outcome: Outcome): string[] {
  const expected = outcome.events ?? [];
  const sorted = [...expected].sort((a, b) => (a.first[0]![0] < b.first[0]![0] ? -1 : 1));
  const found = [...events].sort((a, b) => (a.times[0]![0] < b.times[0]![0] ? -1 : 1));
  if (found.length !== sorted.length) return [`${found.length} events instead of ${sorted.length}`];
  return sorted.flatMap((one, index) => differencesOf(found[index]!, one));
}

function differencesOf(
  event: Awaited<ReturnType<typeof readCalendar>>[number],
  { uid, title, first, total, all_day, time_zone, starts_with = [], ...rest }: ExpectedEvent,
): string[] {
  const found: string[] = [];
  const same = (name: string, actual: unknown, expected: unknown): void => {
    if (JSON.stringify(actual) !== JSON.stringify(expected))
      found.push(`${event.uid} ${name}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
  };
  if (uid !== null) same('uid', event.uid, uid);
  const begins = starts_with.includes('title');
  if (begins) same('title', event.title.startsWith(title as string), true);
  else if (title !== null) same('title', [title].flat().includes(event.title) || event.title, true);
  same('times', event.times, minutes(first));
  if (total !== null) same('total', event.total, total);
  same('all_day', event['all_day'], all_day);
  if (time_zone !== undefined) same('time_zone', [time_zone].flat().includes(event['time_zone'] as string), true);
  for (const name of ['description', 'location', 'url', 'show_as'] as const) {
    if (rest[name] === undefined) continue;
    if (starts_with.includes(name)) same(name, (event[name] as string).startsWith(rest[name] as string), true);
    else same(name, event[name], rest[name]);
  }
  return found;
}

/** An event of zero length is stored as one minute. */
const minutes = (times: [string, string][]): [string, string][] =>
  times.map(([start, end]) =>
    start === end ? [start, new Date(Date.parse(end) + 60_000).toISOString().replace('.000', '')] : [start, end],
  );
