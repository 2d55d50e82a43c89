import { TypeOverrides, types } from 'pg';
import utils from 'pg/lib/utils.js';
import { dayFromCivil } from '../../time/calendar-day.js';
import { formatInstant } from '../../time/instant.js';

const { TIMESTAMPTZ } = types.builtins;
/** For what is not common: years before 1000 and after 9999, infinity, microseconds, another time zone of the session. */
const parseAny = types.getTypeParser(TIMESTAMPTZ, 'text') as (text: string) => unknown;

const COMMON = /^[1-9]\d{3}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,3})?\+00$/;
/** The length of a time without a fraction. */
const WHOLE = '2026-06-01 08:00:00+00'.length;

/**
 * Reads a `timestamptz` as PostgreSQL prints it: `2026-06-01 08:00:00.25+00`. Lists consist of times for a good part, and the
 * parser of the driver takes four times as long.
 */
export function parseTimestamp(text: string): unknown {
  if (!COMMON.test(text)) return parseAny(text);
  const digit = (index: number): number => text.charCodeAt(index) - 48;
  const two = (index: number): number => digit(index) * 10 + digit(index + 1);
  const day = dayFromCivil(two(0) * 100 + two(2), two(5), two(8));
  const second = (two(11) * 60 + two(14)) * 60 + two(17);
  let milliseconds = (day * 86_400 + second) * 1_000;
  for (let index = WHOLE - 2, unit = 100; index < text.length - 3; index += 1, unit /= 10)
    milliseconds += digit(index) * unit;
  return new Date(milliseconds);
}

/** Of the years 1 to 9999: PostgreSQL reads others in another form than ISO 8601. */
const FIRST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Prints a time as a parameter, in UTC. The driver prints it in the zone of the process, which takes longer, and without the
 * seconds of an offset, such as that of Paris in 1910, so that it becomes another time.
 */
export function printTimestamp(time: Date): unknown {
  const isCommon = time.getTime() >= FIRST_MS && time.getTime() <= LAST_MS;
  return isCommon ? formatInstant(time) : utils.prepareValue(time);
}

/** The types of the driver, with this parser. */
export const TYPES = new TypeOverrides();
TYPES.setTypeParser(TIMESTAMPTZ, parseTimestamp);
