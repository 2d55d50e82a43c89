import { counted } from '../problems/counted.js';
import { type Point, readInstant } from '../platform/http/instant-text.js';
import { formatLocalTime, parseLocalTime } from '../time/local-time.js';
import { toBound, toLocal } from '../time/time-zone.js';
import type { Interval } from './occupancy.js';
import type { FieldError } from '../problems/problem.js';

const DAY = 86_400;
/** A window in local dates may be longer than its days, by the amount by which the clocks are set back. */
const CLOCK_CHANGE = 2 * 3_600;

interface SpanOptions {
  timeZone: string;
  maxDays: number;
  /** Pointer to the object that contains `from` and `to`, such as `/query`. */
  prefix: string;
}

/** Reads a window whose bounds are instants, or wall times or dates in a zone. Bounds are in epoch seconds. Pure. */
export function readSpan(
  given: { from: string; to: string },
  { timeZone, maxDays, prefix }: SpanOptions,
): { window: Interval } | { errors: FieldError[] } {
  const errors: FieldError[] = [];
  const read = (name: 'from' | 'to'): number => {
    const found = readBound(given[name], timeZone);
    if ('instant' in found) return boundOf(found, timeZone);
    errors.push({ ...found, pointer: `${prefix}/${name}` });
    return 0;
  };
  const [start, end] = [read('from'), read('to')];
  if (errors.length > 0) return { errors };
  const refuse = (code: 'end_not_after_start' | 'too_large', message: string): { errors: FieldError[] } => ({
    errors: [{ pointer: `${prefix}/to`, code, message }],
  });
  if (end <= start) return refuse('end_not_after_start', '`to` must be after `from`.');
  if (end - start > maxDays * DAY + CLOCK_CHANGE)
    return refuse('too_large', `At most ${counted(maxDays, 'day')} after \`from\`.`);
  return { window: { start, end } };
}

/** A wall time that the clocks skip is no part of a window: the window begins or ends at the end of the gap. */
function boundOf({ instant, local }: Point, timeZone: string): number {
  const epochSecond = instant.getTime() / 1_000;
  const bound = toBound(parseLocalTime(local), timeZone);
  return bound < epochSecond && formatLocalTime(toLocal(epochSecond, timeZone)) !== local ? bound : epochSecond;
}

function readBound(text: string, timeZone: string): ReturnType<typeof readInstant> {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return readInstant(`${text}T00:00:00`, timeZone);
  // The + of an offset that was not escaped arrives as a space.
  return readInstant(text.replace(/(:\d\d(?:[.,]\d+)?) (\d\d:\d\d)$/, '$1+$2'), timeZone);
}
