import type { CalendarEvent, EventItem } from '../index.js';
import type { Cli } from './cli.js';
import { NothingFound, UsageError } from './cli-error.js';
import { readList } from './read-list.js';
import { readSpan } from './when.js';
import { dayText, moveWall, spanText, wallOf } from './zones.js';
import { count, fold, safeLine, shortId } from './text.js';
import { toInstant } from '../index.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SHORT_ID = /^[0-9a-f]{8}$/i;
/** How many events are looked through for the end of an id. */
const MOST_EVENTS = 10_000;
const MOST_SHOWN = 10;

export const EVENT_ARGUMENT = 'an id, the eight characters that `events ls` shows of it, or a part of the title';

/**
 * Returns the id of the event that is meant: by its id, the end of it, or a part of its title that only one event has.
 *
 * @param trash whether it is in the trash, or perhaps
 * @throws UsageError when several are meant
 * @throws NothingFound
 */
export async function findEventId(cli: Cli, text: string, { trash }: { trash?: 'only' | 'too' } = {}): Promise<string> {
  cli.written['event'] = text;
  if (UUID.test(text)) return text.toLowerCase();
  if (text.trim() === '') throw new UsageError('An event is named by an id, or a part of its title.');
  const found = trash === 'only' ? [] : await search(cli, text, false);
  if (found.length === 0 && trash !== undefined) found.push(...(await search(cli, text, true)));
  if (found.length === 1) return found[0]!.id;
  if (found.length > 1) throw await ambiguous(cli, text, found);
  const where = trash === 'only' ? 'in your trash' : 'that you can see';
  throw new NothingFound(`There is no event ${where} with “${text}” in its title.`, [
    `See what is there: convene events ls${trash === 'only' ? ' --deleted' : ''}`,
  ]);
}

async function search(cli: Cli, text: string, deleted: boolean): Promise<EventItem[]> {
  const client = await cli.client();
  const query = deleted ? { deleted } : {};
  if (SHORT_ID.test(text)) {
    const { items } = await readList(cli, (limit) => client.events.list({ ...query, limit }), MOST_EVENTS);
    const found = items.filter(({ id }) => id.endsWith(text.toLowerCase()));
    if (found.length > 0) return found;
  }
  const { items } = await readList(cli, (limit) => client.events.list({ ...query, q: text, limit }), MOST_EVENTS);
  const wanted = fold(text.trim());
  const titled = items.filter(({ title }) => fold(title).includes(wanted));
  const exact = titled.filter(({ title }) => fold(title) === wanted);
  return exact.length > 0 ? exact : titled;
}

async function ambiguous(cli: Cli, text: string, found: EventItem[]): Promise<UsageError> {
  const zone = await cli.zone();
  const shown = found
    .slice(0, MOST_SHOWN)
    .map((event) => `  ${shortId(event.id)}  ${spanText(event, zone)}  ${safeLine(event.title)}`);
  if (found.length > MOST_SHOWN) shown.push(`  … and ${found.length - MOST_SHOWN} more.`);
  return new UsageError(
    `${count(found.length, 'event')} match “${text}”. Use the eight characters in front (times in ${zone}):`,
    shown,
  );
}

/** The event that is meant, as it is now. */
export async function findEvent(cli: Cli, text: string): Promise<CalendarEvent> {
  const client = await cli.client();
  return client.events.get(await findEventId(cli, text));
}

/**
 * Returns the original start of the occurrence of a series that is meant by a day, or by a day and a time.
 *
 * @throws NothingFound when the series has none then
 */
export async function findOccurrence(cli: Cli, event: CalendarEvent, text: string): Promise<string> {
  const zone = await cli.zone();
  if (!event.is_recurring) throw new UsageError(`“${safeLine(event.title)}” is not a series: leave --on out.`);
  const { start } = readSpan(text, zone);
  const day = start.wall.slice(0, 10);
  const client = await cli.client();
  // A day of the person is not one of the event, and the end of an occurrence may be on it.
  const from = toInstant(moveWall(day, { days: -1 }), zone);
  const to = toInstant(moveWall(day, { days: 2 }), zone);
  const { items } = await client.events.occurrences(event, { from, to, limit: 200 }).page();
  const isMeant = (at: string): boolean => {
    const wall = at.length === 10 ? at : wallOf(at, zone);
    return start.hasTime && at.length > 10 ? wall === start.wall : wall.slice(0, 10) === day;
  };
  const found = items.filter(({ start_time }) => isMeant(start_time));
  if (found.length === 1) return found[0]!.original_start;
  const near = items.map((occurrence) => `  ${spanText(occurrence, zone)}`);
  if (found.length > 1)
    throw new UsageError(`“${safeLine(event.title)}” is there ${found.length} times. Add the time:`, near);
  const others = near.length > 0 ? ['Near it:', ...near] : ['See the dates: convene events show'];
  throw new NothingFound(
    `“${safeLine(event.title)}” has no date on ${dayText(day)}${start.hasTime ? ' at that time' : ''}.`,
    others,
  );
}

export interface PartOptions {
  on?: string;
  scope?: 'this' | 'following' | 'all';
}

/**
 * Which part of a series is meant. A series is never changed as a whole by mistake: one of `--on` and `--scope all` is
 * needed.
 */
export async function partOf(
  cli: Cli,
  event: CalendarEvent,
  { on, scope }: PartOptions,
): Promise<{ occurrence?: string; scope?: 'this' | 'following' | 'all' }> {
  if (on !== undefined) return { occurrence: await findOccurrence(cli, event, on), scope: scope ?? 'this' };
  if (!event.is_recurring || scope === 'all') return {};
  const what = scope === undefined ? 'Say which part of it is meant' : `--scope ${scope} needs --on`;
  throw new UsageError(`“${safeLine(event.title)}” is a series. ${what}:`, [
    '  --on "next monday"                      one date',
    '  --on "next monday" --scope following    this date and the later ones',
    '  --scope all                             the whole series',
  ]);
}
