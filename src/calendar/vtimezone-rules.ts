import { expand, previous } from '../recurrence/expand.js';
import { parseRrule } from '../recurrence/rrule-text.js';
import type { RecurrenceRule } from '../recurrence/rule.js';
import type { Series } from '../recurrence/series.js';
import { dayFromCivil } from '../time/calendar-day.js';
import { type LocalTime, parseICalendarTime } from '../time/local-time.js';
import { type Component, propertiesOf, propertyOf } from './component.js';

/** The offsets of a VTIMEZONE, in seconds east of UTC. */
export interface ZoneRules {
  /** Returns the changes in some years, and the last before them. `at` is in epoch seconds. */
  changes(firstYear: number, lastYear: number): { at: number; offset: number }[];
  /** The offset when no change is known. */
  fallback: number;
}

/** STANDARD or DAYLIGHT. Only the offsets count: summer may be called STANDARD, as in Ireland. */
interface Observance {
  onsets: Series;
  from: number;
  to: number;
}

const OFFSET = /^([+-])(\d\d)(\d\d)(\d\d)?$/;
const MAX_OBSERVANCES = 300;
const MAX_CHANGES = 1_000;

/** Reads the rules of a VTIMEZONE (RFC 5545 §3.6.5); null when it has none, or none that can be read. Pure. */
export function readZoneRules(component: Component): ZoneRules | null {
  const parts = component.components.filter(({ name }) => name === 'STANDARD' || name === 'DAYLIGHT');
  if (parts.length === 0 || parts.length > MAX_OBSERVANCES) return null;
  const observances: Observance[] = [];
  for (const part of parts) {
    const to = readOffset(part, 'TZOFFSETTO');
    // Outlook for Mac writes none beside the only observance, whose offset always applies.
    const from = readOffset(part, 'TZOFFSETFROM') ?? to;
    const onsets = from === null ? null : readOnsets(part, from);
    if (to === null || from === null || onsets === null) return null;
    observances.push({ onsets, from, to });
  }
  return {
    fallback: observances[0]!.from,
    changes: once((firstYear, lastYear) => {
      const from = dayFromCivil(firstYear, 1, 1) * 86_400;
      const window = { from, to: dayFromCivil(lastYear + 1, 1, 1) * 86_400 };
      const found = observances.flatMap(({ onsets, from: before, to }) => {
        const last = previous(onsets, from);
        return [...(last ? [last] : []), ...expand(onsets, window, MAX_CHANGES)].map(({ start }) => ({
          at: start - before,
          offset: to,
        }));
      });
      return found.sort((a, b) => a.at - b.at);
    }),
  };
}

/** Returns a function that remembers what it returned for the last years: a zone is compared with hundreds of others. */
function once(changes: ZoneRules['changes']): ZoneRules['changes'] {
  let last: { years: string; found: ReturnType<ZoneRules['changes']> } | null = null;
  return (firstYear, lastYear) => {
    const years = `${firstYear} ${lastYear}`;
    if (last?.years !== years) last = { years, found: changes(firstYear, lastYear) };
    return last.found;
  };
}

/** Returns the offset at an instant among sorted changes. */
export function offsetAmong(changes: { at: number; offset: number }[], fallback: number, instant: number): number {
  return changes.findLast(({ at }) => at <= instant)?.offset ?? fallback;
}

function readOffset(part: Component, name: string): number | null {
  const [, sign, hours, minutes, seconds] = OFFSET.exec(propertyOf(part, name)?.value.trim() ?? '') ?? [];
  if (sign === undefined) return null;
  const size = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds ?? 0);
  return sign === '-' ? -size : size;
}

/** Returns the wall times at which an observance begins; they are in the offset before it. */
function readOnsets(part: Component, from: number): Series | null {
  try {
    const rule = propertyOf(part, 'RRULE')?.value;
    const dates = propertiesOf(part, 'RDATE').flatMap(({ value }) => value.split(','));
    const parsed = rule === undefined ? null : parseRrule(rule);
    // Clocks do not change every day, and expanding such rules takes long.
    const isOften = parsed !== null && (parsed.frequency === 'daily' || parsed.frequency === 'weekly');
    if (isOften || parsed?.byHour || parsed?.byMinute || parsed?.bySecond || dates.length > MAX_CHANGES) return null;
    return {
      start: readLocal(propertyOf(part, 'DTSTART')?.value ?? ''),
      zone: null,
      allDay: false,
      duration: { days: 0, seconds: 0 },
      rule: parsed && onClock(parsed, from),
      added: dates.filter((text) => text.trim() !== '').map(readLocal),
      excluded: [],
      overrides: [],
    };
  } catch {
    return null;
  }
}

/** Returns a rule whose UNTIL, which is in UTC, is on the clock of its onsets. */
const onClock = (rule: RecurrenceRule, from: number): RecurrenceRule =>
  rule.until?.form === 'instant'
    ? { ...rule, until: { form: 'instant', epochSecond: rule.until.epochSecond + from } }
    : rule;

const readLocal = (text: string): LocalTime => parseICalendarTime(text.trim().replace(/Z$/i, ''));
