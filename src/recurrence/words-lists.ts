export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

const SMALL_ORDINALS = [
  '',
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
];

/**
 * Formats an ordinal: `second`, `12th`; with `digits` also `2nd`. Negative numbers count from the end: `second last`.
 */
export function ordinal(number: number, digits = false): string {
  if (number === -1) return 'last';
  if (number < 0) return `${ordinal(-number, digits)} last`;
  if (!digits && number < SMALL_ORDINALS.length) return SMALL_ORDINALS[number]!;
  const isTeen = Math.floor(number / 10) % 10 === 1;
  const suffix = isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th');
  return `${number}${suffix}`;
}

/** Joins words with "and": `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[]): string {
  return joinWords(words, 'and');
}

/** Joins words with "or": `a`, `a or b`, `a, b or c`. */
export function anyOf(words: readonly string[]): string {
  return joinWords(words, 'or');
}

function joinWords(words: readonly string[], conjunction: string): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1)}`;
}
