import { readInstant } from '../platform/http/instant-text.js';
import { patternFromRule, readRule } from '../recurrence/pattern.js';
import { parseRrule } from '../recurrence/rrule-text.js';
import type { RecurrenceRule } from '../recurrence/rule.js';
import { isSameRule } from '../recurrence/same-rule.js';
import { TimeError } from '../time/time-error.js';
import { canonicalTimeZone, isTimeZone } from '../time/time-zone.js';
import { camelCase } from './columns.js';
import type { ContentInput } from './draft.js';
import { readLocalStarts } from './draft-times.js';
import { type EventContent, isSeries } from './event-content.js';
import { PLAIN_NAMES, plainFieldOf } from './fields.js';
import { seriesOf } from './series.js';
import type { Scope } from './series-edit.js';

/**
 * Returns an input without the fields that repeat what the event says: a field equal to the base is not a change. Rules
 * are compared as rules and lists of dates as sets. A merge patch of the pattern becomes the merged pattern. Pure.
 * @param scope of an input that names an occurrence. Start and end are then those of the series, and not new ones of the
 * occurrence, only when everything else about its times is repeated with them, as in the body of a GET. One occurrence
 * may get back the texts of the series.
 */
export function omitUnchanged(input: ContentInput, base: EventContent, scope: Scope | null = null): ContentInput {
  const changed = { ...input, ...mergedPattern(input, base) };
  if (isSamePattern(changed, base)) delete changed.recurrence_pattern;
  if (changed.time_zone !== undefined && isSameZone(changed.time_zone, base.timeZone)) delete changed.time_zone;
  if (changed.all_day === base.allDay) delete changed.all_day;
  if (changed.is_recurring === isSeries(base)) delete changed.is_recurring;
  for (const name of ['excluded', 'added'] as const) {
    if (isSameSet(changed[name], base, name)) delete changed[name];
  }
  for (const name of scope === 'this' ? [] : PLAIN_NAMES) {
    const given = plainFieldOf(name).column.nullable ? changed[name] || null : changed[name];
    if (changed[name] !== undefined && given === base[camelCase(name)]) delete changed[name];
  }
  const isWhole = WHOLE.every((name) => input[name] !== undefined && changed[name] === undefined);
  if (scope !== null && isWhole && repeatsTimes(changed, base)) {
    delete changed.start_time;
    delete changed.end_time;
  }
  return changed;
}

const WHOLE = ['recurrence_pattern', 'time_zone', 'all_day', 'excluded'] as const;

/** Returns the pattern of a merge patch, merged into that of the event (RFC 7396 §2), in an input that merges nothing. */
function mergedPattern({ mergesPattern, recurrence_pattern: given }: ContentInput, base: EventContent): ContentInput {
  if (!mergesPattern || typeof given !== 'object' || given === null || Array.isArray(given)) return {};
  const merged = { ...(base.rrule === null ? {} : patternFromRule(parseRrule(base.rrule))), ...given };
  const pattern = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
  return { recurrence_pattern: pattern, mergesPattern: false };
}

function isSamePattern({ recurrence_pattern: given }: ContentInput, base: EventContent): boolean {
  if (given === undefined) return false;
  if (given === null || base.rrule === null) return given === base.rrule;
  const rule = tryRule(given);
  return rule !== null && isSameRule(rule, parseRrule(base.rrule), seriesOf(base));
}

/** Returns the rule of an input; null when it is not valid. */
export function tryRule(given: unknown): RecurrenceRule | null {
  try {
    return readRule(given);
  } catch (error) {
    if (error instanceof TimeError) return null;
    throw error;
  }
}

const isSameZone = (name: string, zone: string): boolean => isTimeZone(name) && canonicalTimeZone(name) === zone;

function isSameSet(given: unknown, base: EventContent, name: 'excluded' | 'added'): boolean {
  if (given === undefined) return false;
  const known = new Set(base[name]);
  if (given === null) return known.size === 0;
  if (!Array.isArray(given)) return false;
  const found = given.map((text: unknown) => knownStart(text, base, known));
  return !found.includes(null) && new Set(found).size === known.size;
}

/** Returns the one of the known original starts that a text names; null when it names none. */
function knownStart(text: unknown, base: EventContent, known: ReadonlySet<string>): string | null {
  const starts = typeof text === 'string' ? readLocalStarts(text, base) : [];
  return Array.isArray(starts) ? (starts.find((start) => known.has(start)) ?? null) : null;
}

/** Returns the texts that name none of the known original starts. */
export function omitStarts(texts: unknown[], base: EventContent, known: readonly string[]): unknown[] {
  return texts.filter((text) => knownStart(text, base, new Set(known)) === null);
}

/** Returns true when start and end are those of the event. */
function repeatsTimes({ start_time: start, end_time: end }: ContentInput, base: EventContent): boolean {
  if (start === undefined || end === undefined) return false;
  const repeats = (text: string, instant: Date, local: string): boolean => {
    if (base.allDay) return text === local.slice(0, 10);
    const read = readInstant(text, base.timeZone);
    return 'instant' in read && read.instant.getTime() === instant.getTime();
  };
  return repeats(start, base.startTime, base.localStart) && repeats(end, base.endTime, base.localEnd);
}
