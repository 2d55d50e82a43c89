import { TimeError } from '../time/time-error.js';
import { longestList, type NumberList } from './rule-parts.js';

export type Json = Record<string, unknown>;

/*
 * Reads single values of a JSON object. All throw TimeError with a pointer to what they refuse.
 */

/** The text at a key, read by `read`; an absent one is read as empty. */
export function readText<Result>(pattern: Json, key: string, read: (text: string) => Result): Result {
  const value = pattern[key] ?? '';
  if (typeof value !== 'string') throw invalid(`/${key}`, 'This must be a text.');
  return at(`/${key}`, () => read(value));
}

/** The number at a key, or undefined. */
export function number(pattern: Json, key: string): number | undefined {
  const value = pattern[key] ?? undefined;
  if (value !== undefined && typeof value !== 'number') throw invalid(`/${key}`, 'This must be a number.');
  return value;
}

export function numbers(pattern: Json, list: NumberList): number[] {
  return entries(pattern, list.wire, longestList(list)).map((value, index) => {
    if (typeof value !== 'number') throw invalid(`/${list.wire}/${index}`, 'This must be a number.');
    return value + 0; // -0 becomes 0
  });
}

/** The list at a key, not longer than it may be. */
export function entries(pattern: Json, key: string, longest: number): unknown[] {
  const value = pattern[key];
  if (!Array.isArray(value)) throw invalid(`/${key}`, 'This must be a list.');
  if (value.length > longest) {
    throw new TimeError('value_out_of_range', `/${key}`, `This list must have 1 to ${longest} entries.`);
  }
  return value;
}

/** Runs a reader that knows no pointers, and says where it stumbled. */
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
