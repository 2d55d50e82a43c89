import { type Command, Option } from 'commander';
import type { EventQuery } from '../../index.js';
import type { Cli } from '../cli.js';
import { UsageError } from '../cli-error.js';
import { agendaLines, eventLines } from '../event-text.js';
import { EVENT_ARGUMENT, findEventId } from '../find-event.js';
import { readCount } from '../options.js';
import { readList } from '../read-list.js';
import { count } from '../text.js';
import { readPast } from '../when.js';
import { readWindow, windowOf, windowText } from '../window.js';
import { spanText } from '../zones.js';

interface ListOptions {
  from?: string;
  to?: string;
  days?: number;
  search?: string;
  role?: 'owner' | 'editor' | 'viewer';
  location?: string;
  deleted?: boolean;
  asOf?: string;
  limit?: number;
}

/** Days that are listed when nobody says how many. */
const DAYS = 14;
/** Dates of a series that `show` lists. */
const NEXT_DATES = 5;

/** `events ls`, `events show`. */
export function addEventsRead(events: Command, cli: Cli): void {
  events
    .command('ls')
    .alias('list')
    .description(`list events by day; the next ${DAYS} days by default`)
    .argument('[when...]', 'such as today, next week, 2026-12, friday to sunday')
    .option('--from <time>', 'the first day, or time')
    .option('--to <time>', 'the last day, or time')
    .option('--days <n>', 'how many days', readCount)
    .option('-s, --search <words>', 'only with these words in title, description or location')
    .addOption(new Option('--role <role>', 'only where you have this role').choices(['owner', 'editor', 'viewer']))
    .option('--location <place>', 'only at this location')
    .option('--deleted', 'what is in the trash')
    .option('--as-of <time>', 'as the calendar was at that time')
    .option('--limit <n>', 'at most so many', readCount)
    .action(async (words: string[], options: ListOptions) => {
      const client = await cli.client();
      const zone = await cli.zone();
      const { query, title } = queryOf(words, options, zone);
      const list = await readList(cli, (limit) => client.events.list({ ...query, limit }), options.limit);
      const me = await cli.userId();
      cli.result(list, () => {
        const colors = cli.colors();
        const lines = agendaLines(list.items, zone, me, colors, query.expand ? String(query.from) : undefined);
        const more = list.next_cursor === null ? '' : ', and there are more';
        const all = list.items.length === 0 ? 'No events' : count(list.items.length, 'event');
        return [...lines, ...(lines.length > 0 ? [''] : []), colors.dim(`${all}${more} · ${title} · times in ${zone}`)];
      });
    });

  events
    .command('show')
    .description('show an event, and the next dates of a series')
    .argument('<event>', EVENT_ARGUMENT)
    .option('--as-of <time>', 'as it was at that time')
    .action(async (text: string, { asOf }: { asOf?: string }) => {
      const client = await cli.client();
      const zone = await cli.zone();
      if (asOf !== undefined) cli.written['/as_of'] = '--as-of';
      const query = asOf === undefined ? {} : { as_of: readPast(asOf, zone) };
      const event = await client.events.get(await findEventId(cli, text), query);
      const dates =
        event.is_recurring && asOf === undefined && !cli.options.json && !event.deleted_at
          ? await client.events
              .occurrences(event, { ...windowOf({}, zone, { days: 366, minutes: 0 }), limit: NEXT_DATES })
              .page()
          : { items: [] };
      cli.result(event, () => [
        ...eventLines(event, zone, cli.colors()),
        ...(dates.items.length > 0 ? ['', cli.colors().dim('  next dates')] : []),
        ...dates.items.map((date) => `  ${spanText(date, zone)}${date.overridden ? ' (changed)' : ''}`),
      ]);
    });
}

/** What to ask for, and what to call it. */
function queryOf(words: string[], options: ListOptions, zone: string): { query: EventQuery; title: string } {
  const { from, to, days, search, role, location, deleted, asOf } = options;
  const filters = {
    ...(search === undefined ? {} : { q: search }),
    ...(role === undefined ? {} : { role }),
    ...(location === undefined ? {} : { location }),
    ...(asOf === undefined ? {} : { as_of: readPast(asOf, zone) }),
  };
  const hasWindow = words.length > 0 || from !== undefined || to !== undefined || days !== undefined;
  if (words.length > 0 && (from !== undefined || to !== undefined || days !== undefined)) {
    throw new UsageError('Say when either behind `ls`, or with --from, --to and --days.');
  }
  // A search for words, or a look into the trash, has no day in mind.
  if (!hasWindow && (deleted || search !== undefined)) {
    return { query: { ...filters, ...(deleted ? { deleted } : {}) }, title: deleted ? 'in the trash' : 'at any time' };
  }
  const window =
    words.length > 0
      ? readWindow(words.join(' '), zone)
      : windowOf({ from, to, days }, zone, { days: DAYS, minutes: 0 });
  const title = windowText(window, zone);
  return { query: { ...filters, ...window, ...(deleted ? { deleted } : { expand: true }) }, title };
}
