import { TimeError } from '../time/time-error.js';
import { maxListLength, type NumberList } from './rule-parts.js';

export type Json = Record<string, unknown>;

/*
 * Readers for single values of a JSON object. Each throws a TimeError with a pointer to the invalid value.
 */

/** Parses the string at a key with `read`. An absent value is read as the empty string. */
export function readText<Result>(pattern: Json, key: string, read: (text: string) => Result): Result {
  const value = pattern[key] ?? '';
  if (typeof value !== 'string') throw invalid(`/${key}`, 'This must be a string.');
  return at(`/${key}`, () => read(value));
}

/** Returns the number at a key, or undefined. */
export function number(pattern: Json, key: string): number | undefined {
  const value = pattern[key] ?? undefined;
  if (value !== undefined && typeof value !== 'number') throw invalid(`/${key}`, 'This must be a number.');
  return value;
}

export function numbers(pattern: Json, list: NumberList): number[] {
  return entries(pattern, list.wire, maxListLength(list)).map((value, index) => {
    if (typeof value !== 'number') throw invalid(`/${list.wire}/${index}`, 'This must be a number.');
    return value + 0; // -0 becomes 0
  });
}

/** Returns the list at a key. @throws TimeError `value_out_of_range` if it has more than `maxLength` entries */
export function entries(pattern: Json, key: string, maxLength: number): unknown[] {
  const value = pattern[key];
  if (!Array.isArray(value)) throw invalid(`/${key}`, 'This must be a list.');
  if (value.length > maxLength) {
    throw new TimeError('value_out_of_range', `/${key}`, `This list must have 1 to ${maxLength} entries.`);
  }
  return value;
}

/** Runs `read` and adds the pointer to any TimeError that it throws. */
export function at<Result>(pointer: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw error instanceof TimeError ? error.under(pointer) : error;
  }
}

export function invalid(pointer: string, message: string): TimeError {
  return new TimeError('invalid_rule', pointer, message);
}
