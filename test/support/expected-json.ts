import { expect } from 'vitest';

const ELLIPSIS = '…';

/**
 * Compares a response with what a document shows of it: members may be missing in the document, an ellipsis in a text stands
 * for anything, and one at the end of a list for the rest of the list.
 */
export function expectShown(found: unknown, shown: unknown, message?: string): void {
  expect(cut(found, shown), message).toMatchObject(toMatchers(shown) as object);
}

/** The value without what an ellipsis at the end of a list stands for. */
function cut(found: unknown, shown: unknown): unknown {
  if (Array.isArray(found) && Array.isArray(shown)) {
    const kept = shown.at(-1) === ELLIPSIS ? found.slice(0, shown.length - 1) : found;
    return kept.map((one, index) => cut(one, shown[index]));
  }
  if (!isObject(found) || !isObject(shown)) return found;
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, cut(value, shown[name])]));
}

function toMatchers(shown: unknown): unknown {
  if (Array.isArray(shown)) return (shown.at(-1) === ELLIPSIS ? shown.slice(0, -1) : shown).map(toMatchers);
  if (typeof shown === 'string' && shown.includes(ELLIPSIS)) return expect.stringMatching(patternOf(shown));
  if (!isObject(shown)) return shown;
  return Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, toMatchers(value)]));
}

/** A pattern for a whole text, in which an ellipsis stands for anything on one line. */
export const patternOf = (shown: string): RegExp => new RegExp(`^${shown.split(ELLIPSIS).map(escaped).join('.*')}$`);

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
