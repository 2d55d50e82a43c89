import type { ConflictView, SlotView } from '../index.js';
import type { Cli } from './cli.js';
import { safeLine } from './text.js';
import { dayText, intervalText, timeText, wallOf, wholeDays } from './zones.js';

type Colors = ReturnType<Cli['colors']>;

/** Dates of a series that are listed beside one event. */
const MAX_DATES = 10;

/**
 * The conflicts as a table: when, and with what. Each other event is named once, with every time at which it is in the way.
 *
 * @param isSeries whether what is written has several dates: those in conflict are then listed where the times do not show them
 */
export function conflictLines(
  conflicts: readonly ConflictView[],
  zone: string,
  { bold, dim }: Colors,
  isSeries = false,
): string[] {
  if (conflicts.length === 0) return [];
  const hasDates = isSeries || datesOf(conflicts).length > 1;
  const rows = groupBy(conflicts, ({ event_id }) => event_id ?? '').flatMap((ofEvent) =>
    groupBy(ofEvent, (conflict) => intervalText(conflict, zone)).map((ofTime, index) => ({
      busy: intervalText(ofTime[0]!, zone),
      title: index > 0 ? '' : ofTime[0]!.title === null ? 'busy' : safeLine(ofTime[0]!.title),
      dates: hasDates ? datesText(ofTime, zone) : '',
    })),
  );
  const width = Math.max(4, ...rows.map(({ busy }) => busy.length));
  return [
    dim(`  Busy${' '.repeat(width - 4)}  With      (times in ${zone})`),
    ...rows.flatMap(({ busy, title, dates }) => [
      title === '' ? `  ${busy}` : `  ${busy.padEnd(width)}  ${bold(title)}`,
      ...(dates === '' ? [] : [`    ${dim('dates in conflict:')} ${dates}`]),
    ]),
  ];
}

/** The dates of the series that conflict with one time of another event; nothing when that time shows which it is. */
function datesText(conflicts: readonly ConflictView[], zone: string): string {
  const dates = datesOf(conflicts);
  const { start_time, end_time } = conflicts[0]!;
  const [first, last] = [start_time, new Date(Date.parse(end_time) - 1)].map((at) => wallOf(at, zone).slice(0, 10));
  if (dates.length === 1 && first === last) return '';
  const shown = dates
    .slice(0, MAX_DATES)
    .map((date) => (wholeDays(date, zone) ? dayText(wallOf(date.start_time, zone)) : timeText(date.start_time, zone)));
  const more = dates.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(' · ');
}

const datesOf = (conflicts: readonly ConflictView[]): ConflictView['with'][] =>
  groupBy(conflicts, ({ with: date }) => date.start_time).map(([conflict]) => conflict!.with);

/** The items with equal keys together, in the order in which the keys come first. */
function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.values()];
}

/** The free times that the server suggests. */
export function suggestionLines(suggestions: readonly SlotView[], zone: string, { dim, green }: Colors): string[] {
  if (suggestions.length === 0) return [];
  return [dim('  Free'), ...suggestions.map((slot) => `  ${green(intervalText(slot, zone))}`)];
}

/** What to do about a conflict. @param canSkip whether the command can leave out the dates in conflict */
export const conflictHint = (canSkip: boolean): string =>
  canSkip
    ? 'Choose another time, leave those dates out with --on-conflict skip, or store it all the same with --on-conflict allow.'
    : 'Choose another time, or store it all the same with --on-conflict allow.';
