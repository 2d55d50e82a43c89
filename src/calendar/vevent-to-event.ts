import { draftPlain } from '../content/draft.js';
import { resolveTimes } from '../content/draft-times.js';
import { type EventContent, isSeries } from '../content/event-content.js';
import { applySeries, seriesOf } from '../content/series.js';
import { MAX_DATES } from '../content/draft-recurrence.js';
import { expand } from '../recurrence/expand.js';
import { recurs, type Series } from '../recurrence/series.js';
import { validateSeries } from '../recurrence/validate.js';
import { formatLocalDate, formatLocalTime, parseLocalTime, stampOf } from '../time/local-time.js';
import { TimeError } from '../time/time-error.js';
import { UnreadableEvent } from './calendar-file-error.js';
import { localIn, readTime } from './calendar-time.js';
import { propertiesOf, propertyOf } from './component.js';
import { readImportedRule, type Warn } from './import-rule.js';
import { countStart } from './rule-bounds.js';
import { addDates, readExcluded } from './series-dates.js';
import type { EventGroup, VEvent } from './vevent.js';
import { applyOverrides, type Overridden } from './vevent-overrides.js';
import { readVEventTimes, type VEventTimes } from './vevent-times.js';
import { readKept, readValues, UNTITLED } from './vevent-values.js';

const NO_RECURRENCE = { rrule: null, excluded: [], added: [], overrides: [], deletedAt: null };
const ALWAYS = { from: -Infinity, to: Infinity };

/**
 * Returns the content of an event of a file. Pure.
 * @param current the content of the event that has the UID already; null for a new event
 * @param warnOf returns where the warnings of a component go
 * @throws UnreadableEvent with the line and the reason for which the event cannot be imported
 */
export async function toImportedContent(
  { line, master, overrides }: EventGroup,
  current: EventContent | null,
  warnOf: (event: VEvent) => Warn,
): Promise<Overridden> {
  const own = master ? readMaster(master, current, warnOf(master)) : withoutMaster(overrides, current, warnOf);
  const isAlone = overrides.length === 0 || (!master && !current && overrides.length === 1);
  const applied = isAlone ? { content: own.content, kept: {} } : await applyOverrides(own.content, overrides, warnOf);
  if (!isAlone && !isSeries(applied.content)) {
    for (const event of overrides) Object.assign(applied, replaceSingle(applied, event, warnOf(event)));
  }
  refuseInvalid(applied.content, master ?? overrides[0]!, line);
  return { content: applied.content, kept: { ...own.kept, ...applied.kept } };
}

function readMaster(event: VEvent, current: EventContent | null, warn: Warn): Overridden {
  if (event.cancels) {
    if (!current) throw new UnreadableEvent(event.component.line, 'There is no such event to cancel.');
    return { content: { ...current, status: 'cancelled' }, kept: {} };
  }
  const { component, zones } = event;
  // A field that no VEVENT has stays as it is.
  const read = readValues(component, warn);
  const status = event.cancelledBy ? ('cancelled' as const) : read.status;
  const values = { ...draftPlain({}, current), ...read, status };
  const times = readVEventTimes(component, zones, warn);
  const base = { ...values, ...NO_RECURRENCE, timeZone: times.zone } as unknown as EventContent;
  const lines = readKept(component, warn);
  const kept: Record<string, string[]> = lines.length > 0 ? { '': lines } : {};
  const series = readSeries(event, times, warn);
  return { content: series ? applySeries(base, series) : { ...base, ...singleTimes(times, component.line) }, kept };
}

/**
 * Returns an event that does not recur with what a file says about its only occurrence, and so about the event itself. What
 * is said about another occurrence, or cannot be read, has its warning already.
 */
function replaceSingle({ content, kept }: Overridden, event: VEvent, warn: Warn): Overridden {
  try {
    const time = readTime(propertyOf(event.component, 'RECURRENCE-ID')!, event.zones);
    const names = time.isDate
      ? time.day === parseLocalTime(content.localStart).day
      : time.instant * 1_000 === content.startTime.getTime();
    if (!names) return { content, kept };
    if (event.cancels) return { content: { ...content, status: 'cancelled' }, kept };
    // Its warnings were given when it was read for a series.
    const { content: read, kept: lines } = readMaster(event, content, () => undefined);
    return { content: read.title === UNTITLED ? { ...read, title: content.title } : read, kept: lines };
  } catch (error) {
    if (!(error instanceof UnreadableEvent)) throw error;
    warn({ name: 'RECURRENCE-ID', line: error.line }, error.reason);
    return { content, kept };
  }
}

/** Returns the series of a component; null for a single event. */
function readSeries({ component, zones }: VEvent, times: VEventTimes, warn: Warn): Series | null {
  const { start, zone, allDay, duration } = times;
  const plain: Series = { start, zone, allDay, duration, rule: null, added: [], excluded: [], overrides: [] };
  const [rule, second] = propertiesOf(component, 'RRULE');
  if (second) throw new UnreadableEvent(second.line, 'RRULE: an event can have only one rule.');
  const ruled = rule ? { ...plain, rule: readImportedRule(rule, plain, zones.only, warn) } : plain;
  // The rule must have an occurrence, before the start counts for one.
  if (ruled.rule) check(() => validateSeries({ ...ruled, startAlwaysCounts: true }), 'RRULE', rule!.line);
  const dated = addDates(countStart(ruled), component, zones, warn);
  if (!recurs(dated)) return null;
  const excluded = readExcluded(dated, component, zones);
  for (const [name, list] of [
    // An export excludes the start of a series that does not begin with it, beside all others.
    ['EXDATE', excluded.filter((one) => stampOf(one) !== stampOf(start))],
    ['RDATE', dated.added],
  ] as const) {
    if (list.length > MAX_DATES) {
      const line = propertyOf(component, name)!.line;
      throw new UnreadableEvent(line, `${name}: a series can have at most ${MAX_DATES} of these dates.`);
    }
  }
  const isIn = (original: number): boolean => !excluded.some((one) => stampOf(one) === original);
  const series = {
    ...dated,
    excluded,
    overrides: dated.overrides.filter(({ original }) => isIn(stampOf(original))),
  };
  if (expand(series, ALWAYS, 1).length > 0) return series;
  throw new UnreadableEvent(propertyOf(component, 'EXDATE')?.line ?? component.line, 'No occurrence is left.');
}

/** Returns the times of a single event, like one that is made here: a start that the clocks skip moves with its end. */
function singleTimes({ allDay, zone, start, wallEnd, end }: VEventTimes, line: number): Partial<EventContent> {
  const resolved = resolveTimes(
    {
      start_time: allDay ? formatLocalDate(start) : formatLocalTime(start),
      end_time: allDay
        ? formatLocalDate(wallEnd!)
        : wallEnd
          ? formatLocalTime(wallEnd)
          : new Date(end! * 1_000).toISOString().replace('.000', ''),
      time_zone: zone,
      all_day: allDay,
    },
    null,
    zone,
  );
  if ('times' in resolved) return resolved.times;
  throw new UnreadableEvent(line, resolved.errors[0]!.message);
}

/**
 * Returns the content to which single occurrences without their series belong: that of the event that has the UID, or
 * else the first occurrence, with the others as added dates.
 */
function withoutMaster(events: VEvent[], current: EventContent | null, warnOf: (event: VEvent) => Warn): Overridden {
  if (current) return { content: current, kept: {} };
  const first = events[0]!;
  const { component, zones, cancels } = first;
  if (cancels) throw new UnreadableEvent(component.line, 'There is no such event to cancel.');
  if (events.length === 1) return readMaster(first, null, warnOf(first));
  const { content } = readMaster(first, null, () => undefined);
  const { zone, allDay, duration, start } = readVEventTimes(component, zones, () => undefined);
  const id = readTime(propertyOf(component, 'RECURRENCE-ID')!, zones);
  const original = id.isDate ? { day: id.day, second: start.second } : localIn(id, zone);
  const series = { start: original, zone, allDay, duration, rule: null, added: [], excluded: [], overrides: [] };
  return { content: applySeries(content, series), kept: {} };
}

function refuseInvalid(content: EventContent, { component }: VEvent, line: number): void {
  const year = Number(content.localStart.slice(0, 4));
  if (year < 1900 || year > 2200) throw new UnreadableEvent(line, 'The year must be from 1900 to 2200.');
  if (!isSeries(content)) return;
  check(() => validateSeries(seriesOf(content)), 'The series', propertyOf(component, 'RRULE')?.line ?? line);
}

function check(work: () => void, name: string, line: number): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof TimeError)) throw error;
    throw new UnreadableEvent(line, `${name}: ${error.message}`);
  }
}
