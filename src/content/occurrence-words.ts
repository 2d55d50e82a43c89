import { isDeepStrictEqual } from 'node:util';
import type { Series } from '../recurrence/series.js';
import { compileSeries } from '../recurrence/series-times.js';
import {
  formatLocalTime,
  localOf,
  type LocalStamp,
  type LocalTime,
  parseLocalTime,
  SECONDS_IN_DAY,
  stampOf,
} from '../time/local-time.js';
import { toInstant } from '../time/time-zone.js';
import { camelCase } from './columns.js';
import { type EventContent } from './event-content.js';
import { OCCURRENCE_FIELDS, plainFieldOf, type StoredOverride } from './fields.js';
import { occurrenceSpan, seriesOf } from './series.js';
import type { Statement } from './statement.js';
import { describeChoice, describeText, labelOf } from './value-words.js';
import {
  clockInWords,
  clocksInWords,
  dateInWords,
  isOneDay,
  lastOf,
  listInWords,
  type Span,
  spanInWords,
  timeInWords,
} from './time-words.js';

/** Occurrences described one by one; the others are counted. */
const MAX_DESCRIBED = 10;
const MAX_DATES_LISTED = 3;
/** More occurrences than a rule can count. */
const MAX_VISITED = 20_000;

/** A series on one side of a comparison. */
interface Side {
  content: EventContent;
  series: Series;
  /** True when the series has an occurrence with this original start. */
  has: (stamp: LocalStamp) => boolean;
  overrides: Map<LocalStamp, StoredOverride>;
}

/**
 * Describes what changed about single occurrences of a series: which were removed, restored or added, and what each has
 * of its own. An occurrence is compared with the same occurrence of the earlier series, wherever that was moved since.
 * Occurrences that only one of the two series has are part of the change of its rule, and not described.
 */
export function describeOccurrences(before: EventContent, after: EventContent): Statement[] {
  if ([before, after].every(hasNoDates)) return [];
  const [old, recent] = [sideOf(before), sideOf(after)];
  const shift = findShift(old, recent);
  const name = namesOf(after);
  return [...describeDates(old, recent, shift, name), ...describeOverrides(old, recent, shift, name)];
}

const hasNoDates = ({ excluded, added, overrides }: EventContent): boolean =>
  excluded.length + added.length + overrides.length === 0;

function sideOf(content: EventContent): Side {
  const series = seriesOf(content);
  return {
    content,
    series,
    has: compileSeries(series).has,
    overrides: new Map(content.overrides.map((override) => [stampOf(parseLocalTime(override.original)), override])),
  };
}

/**
 * Returns how far the names of occurrences moved, in seconds on the wall clock: as the start, as its time of day, or not
 * at all, whichever most of the names on both sides agree with.
 */
function findShift(old: Side, recent: Side): number {
  const moved = stampOf(recent.series.start) - stampOf(old.series.start);
  if (moved === 0) return 0;
  const ofDay = recent.series.start.second - old.series.start.second;
  const names = (side: Side): LocalStamp[] => [
    ...side.series.excluded.map(stampOf),
    ...side.series.added.map(stampOf),
    ...side.overrides.keys(),
  ];
  const known = new Set(names(recent));
  const before = names(old);
  const matches = (shift: number): number => before.filter((stamp) => known.has(stamp + shift)).length;
  const candidates = [moved, ofDay, 0].map((shift) => ({ shift, count: matches(shift) }));
  return candidates.reduce((best, candidate) => (candidate.count > best.count ? candidate : best)).shift;
}

function describeDates(old: Side, recent: Side, shift: number, name: (stamp: LocalStamp) => string): Statement[] {
  const inNew = (times: readonly LocalTime[]): Set<LocalStamp> => new Set(times.map((time) => stampOf(time) + shift));
  const [excluded, added] = [new Set(recent.series.excluded.map(stampOf)), new Set(recent.series.added.map(stampOf))];
  const [oldExcluded, oldAdded] = [inNew(old.series.excluded), inNew(old.series.added)];
  const took = (stamp: LocalStamp): boolean => old.has(stamp - shift);
  const fresh = [...excluded].filter((stamp) => !oldExcluded.has(stamp));
  // An added date that is gone leaves no exclusion behind.
  const dropped = [...oldAdded].filter((stamp) => !recent.has(stamp) && !excluded.has(stamp) && took(stamp));
  const remained = [...oldExcluded].filter(
    (stamp) => !excluded.has(stamp) && recent.has(stamp) && !oldAdded.has(stamp),
  );
  const appeared = [...added].filter((stamp) => !oldAdded.has(stamp) && recent.has(stamp) && !took(stamp));
  const restored = remained.filter((stamp) => !appeared.includes(stamp));
  const word = (stamps: LocalStamp[], verb: string, article?: string): Statement[] =>
    describeList(
      recent.content.allDay,
      stamps.sort((a, b) => a - b),
      verb,
      name,
      article,
    );
  return [
    ...word([...fresh.filter(took), ...dropped], 'removed'),
    ...word(
      fresh.filter((stamp) => !took(stamp)),
      'left out',
    ),
    ...word(restored, 'restored'),
    ...word(appeared, 'added', 'an'),
  ];
}

function describeList(
  allDay: boolean,
  stamps: LocalStamp[],
  verb: string,
  name: (stamp: LocalStamp) => string,
  article?: string,
): Statement[] {
  if (stamps.length === 0) return [];
  if (stamps.length === 1)
    return [{ verb, object: 'occurrence', ...(article ? { article } : {}), at: `on ${name(stamps[0]!)}` }];
  const days = new Set(stamps.map((stamp) => localOf(stamp).day));
  const date = (stamp: LocalStamp): string =>
    days.size === stamps.length || allDay
      ? dateInWords(localOf(stamp))
      : `${dateInWords(localOf(stamp))} at ${clockInWords(localOf(stamp))}`;
  if (stamps.length <= MAX_DATES_LISTED) {
    const plural = article ? { article: '' } : {};
    return [{ verb, object: 'occurrences', ...plural, at: `on ${listInWords(stamps.map(date))}` }];
  }
  const listed = [...stamps.slice(0, MAX_DATES_LISTED).map(date), `${stamps.length - MAX_DATES_LISTED} more`];
  return [{ verb, object: `${stamps.length} occurrences`, article: '', rest: `: ${listInWords(listed)}` }];
}

function describeOverrides(old: Side, recent: Side, shift: number, name: (stamp: LocalStamp) => string): Statement[] {
  const named = new Set([...[...old.overrides.keys()].map((stamp) => stamp + shift), ...recent.overrides.keys()]);
  const described = [...named]
    .sort((a, b) => a - b)
    .filter((stamp) => recent.has(stamp))
    .map((stamp) => {
      const overrides = [old.overrides.get(stamp - shift), recent.overrides.get(stamp)] as const;
      return isDeepStrictEqual(...overrides) && shift === 0 ? [] : describeOverride(old, recent, stamp, shift, name);
    })
    .filter((statements) => statements.length > 0);
  const others = described.length - MAX_DESCRIBED;
  const rest: Statement[] =
    others > 0
      ? [{ verb: 'changed', object: `${others} more ${others === 1 ? 'occurrence' : 'occurrences'}`, article: '' }]
      : [];
  return [...described.slice(0, MAX_DESCRIBED).flat(), ...rest];
}

function describeOverride(
  old: Side,
  recent: Side,
  stamp: LocalStamp,
  shift: number,
  name: (stamp: LocalStamp) => string,
): Statement[] {
  const at = `on ${name(stamp)}`;
  const [before, after] = [old.overrides.get(stamp - shift), recent.overrides.get(stamp)];
  const statements: Statement[] = describeOwnTimes(old, recent, stamp, shift, at);
  for (const field of OCCURRENCE_FIELDS) {
    const property = camelCase(field);
    const [own, ownNow] = [before?.[property], after?.[property]];
    if (own === ownNow) continue;
    const from = own === undefined ? old.content[property] : own;
    const to = ownNow === undefined ? recent.content[property] : ownNow;
    if (from === to) continue;
    if (plainFieldOf(field).isText) statements.push(describeText(`${labelOf(field)} of the occurrence`, from, to, at));
    else statements.push(describeChoice(from, to!, at));
  }
  return statements;
}

function describeOwnTimes(old: Side, recent: Side, stamp: LocalStamp, shift: number, at: string): Statement[] {
  const [before, after] = [old.overrides.get(stamp - shift), recent.overrides.get(stamp)];
  const [from, to] = [timesOf(old, stamp - shift, before), timesOf(recent, stamp, after)];
  const { allDay } = recent.content;
  const moves = from.instant !== to.instant && to.stamp !== from.stamp + shift;
  if (moves && (before?.start !== undefined || after?.start !== undefined)) {
    const usual = to.stamp === stamp;
    if (usual) {
      const where = `back to its usual time (was ${spanInWords(from.span)})`;
      return [{ verb: 'moved', object: 'occurrence', at, rest: where }];
    }
    const origin = before?.start === undefined ? '' : `from ${spanInWords(from.span)} `;
    const sameDay = !allDay && isOneDay(to.span) && to.span.start.day === localOf(stamp).day && origin === '';
    return [
      {
        verb: 'moved',
        object: 'occurrence',
        at,
        rest: `${origin}to ${sameDay ? clocksInWords(to.span) : spanInWords(to.span)}`,
      },
    ];
  }
  if (isDeepStrictEqual(before?.duration, after?.duration) || from.length === to.length) return [];
  const [oldEnd, end] = [lastOf(from.span), lastOf(to.span)];
  const clocks = !allDay && oldEnd.day === end.day && shift === 0;
  const words = (time: LocalTime): string => (clocks ? clockInWords(time) : timeInWords(time, allDay));
  return [
    {
      verb: 'changed',
      object: 'end of the occurrence',
      at,
      rest: shift === 0 ? `from ${words(oldEnd)} to ${words(end)}` : `to ${words(end)}`,
    },
  ];
}

/** Returns when an occurrence takes place, with its override. */
function timesOf(
  { content, series }: Side,
  stamp: LocalStamp,
  override: StoredOverride | undefined,
): { stamp: LocalStamp; instant: number; length: number; span: Span } {
  const start = override?.start === undefined ? localOf(stamp) : parseLocalTime(override.start);
  const { days, seconds } = override?.duration ?? series.duration;
  return {
    stamp: stampOf(start),
    instant: toInstant(start, content.timeZone).epochSecond,
    length: days * SECONDS_IN_DAY + seconds,
    span: occurrenceSpan(content, override ?? { original: formatLocalTime(localOf(stamp)) }),
  };
}

/** Returns how to name an occurrence: by its original start, with its zone. */
function namesOf({ timeZone, allDay }: EventContent): (stamp: LocalStamp) => string {
  const zone = allDay ? '' : ` (${timeZone})`;
  return (stamp) => timeInWords(localOf(stamp), allDay) + zone;
}

/**
 * Returns the original start of the first occurrence that only the earlier of two states has: where a series was split.
 * Null when there is none.
 */
export function findSplit(before: EventContent, after: EventContent): LocalTime | null {
  const [old, recent] = [sideOf(before), sideOf(after)];
  const { rule, added } = compileSeries(old.series);
  const isGone = (stamp: LocalStamp): boolean => old.has(stamp) && !recent.has(stamp);
  let first = added.find(isGone) ?? null;
  const { until } = recent.series.rule ?? {};
  const from = until?.form === 'date' ? until.day * SECONDS_IN_DAY : stampOf(old.series.start);
  let visited = 0;
  rule.forward(from, (stamp) => {
    visited += 1;
    if (visited > MAX_VISITED || (first !== null && stamp >= first)) return false;
    if (!isGone(stamp)) return true;
    first = stamp;
    return false;
  });
  return first === null ? null : localOf(first);
}
