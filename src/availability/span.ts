import { readInstant } from '../platform/http/instant-text.js';
import type { Interval } from './occupancy.js';
import type { FieldError } from '../problems/problem.js';

const DAY = 86_400;
/** A window given in local dates may be longer than its days by what the clocks were set back. */
const CLOCK_CHANGE = 2 * 3_600;

interface SpanOptions {
  timeZone: string;
  mostDays: number;
  /** Where `from` and `to` stand in the request, such as `/query`. */
  prefix: string;
}

/** Reads a window: instants, wall times in the zone or dates in it. In whole seconds, never wider than was asked. */
export function readSpan(
  given: { from: string; to: string },
  { timeZone, mostDays, prefix }: SpanOptions,
): { window: Interval } | { errors: FieldError[] } {
  const errors: FieldError[] = [];
  const read = (name: 'from' | 'to'): number => {
    const found = readMoment(given[name], timeZone);
    if ('instant' in found) return found.instant.getTime() / 1_000;
    errors.push({ ...found, pointer: `${prefix}/${name}` });
    return 0;
  };
  const [start, end] = [read('from'), read('to')];
  if (errors.length > 0) return { errors };
  const refuse = (code: 'end_not_after_start' | 'too_large', message: string): { errors: FieldError[] } => ({
    errors: [{ pointer: `${prefix}/to`, code, message }],
  });
  if (end <= start) return refuse('end_not_after_start', '`to` must be after `from`.');
  if (end - start > mostDays * DAY + CLOCK_CHANGE)
    return refuse('too_large', `At most ${mostDays} days after \`from\`.`);
  return { window: { start, end } };
}

function readMoment(text: string, timeZone: string): ReturnType<typeof readInstant> {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return readInstant(`${text}T00:00:00`, timeZone);
  // The + of an offset that wasn't escaped arrives as a space.
  return readInstant(text.replace(/(:\d\d(?:[.,]\d+)?) (\d\d:\d\d)$/, '$1+$2'), timeZone);
}
