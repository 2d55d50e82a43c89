const ONES = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(' '); // prettier-ignore
const TENS = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
export const NUMBER_WORD = `(?:(?:${TENS.join('|')})(?:[-\\s](?:${ONES.slice(0, 9).join('|')}))?|${ONES.toReversed().join('|')})`;

const UNIT = '(?:weeks?|days?|hours?|hrs?|minutes?|mins?|min|seconds?|secs?|months?|years?)';
const NUMBER = String.raw`(?:\d+(?:[.,]\d+)?|half an?|an?)`;
const VAGUE_NUMBER = String.raw`(?:(?:a\s+)?(?:few|couple\s+of|couple)|some|several)`;
/** An amount of time in words that cannot be a time of day, as `17h` can. */
const AMOUNT = String.raw`\b(?:(?:${NUMBER}|${VAGUE_NUMBER})\s*${UNIT}|\d+\s*[dw])\b`;
/** Any amount of time, also `2h` and `1h30`. */
const ANY_AMOUNT = String.raw`(?:${AMOUNT}|\d+(?:[.,]\d+)?\s*(?:h\d{0,2}|m)\b)`;
const ANY_AMOUNTS = String.raw`${ANY_AMOUNT}(?:[\s,]*(?:and\s+)?${ANY_AMOUNT})*`;

/** The words of a number up to 99. */
function numberOf(words: string): number {
  return words
    .toLowerCase()
    .split(/[-\s]+/)
    .reduce((sum, word) => sum + (ONES.indexOf(word) + 1 || (TENS.indexOf(word) + 2) * 10), 0);
}

export const withDigits = (words: string): string => (/^\d/.test(words) ? words : String(numberOf(words)));

/** The amounts of time with digits: `one week` as `1 week`, `an hour and a half` as `1.5 hour`. */
export function plainAmounts(text: string): string {
  return text
    .replace(new RegExp(String.raw`\b${NUMBER_WORD}(?=\s+(?:and\s+a\s+half\s+)?${UNIT}\b)`, 'gi'), withDigits)
    .replace(new RegExp(String.raw`\b(\d+)\s+and\s+a\s+half\s+(${UNIT})\b`, 'gi'), '$1.5 $2')
    .replace(
      new RegExp(String.raw`\b(an?|\d+)\s+(${UNIT})\s+and\s+a\s+half\b`, 'gi'),
      (_, amount: string, unit: string) => `${/^a/i.test(amount) ? 1 : amount}.5 ${unit}`,
    );
}

const FROM_NOW = new RegExp(
  String.raw`^\s*\+\s*${ANY_AMOUNTS}|\b(?:in|within)\s+${ANY_AMOUNTS}|${ANY_AMOUNTS}\s+(?:ago|from\s+now)\b`,
  'gi',
);
/** Refused elsewhere, as more than a day. */
const SEVERAL = new RegExp(
  String.raw`\b(?:next|last|past|previous|coming|following|this)\s+(?:few\s+)?${AMOUNT}`,
  'gi',
);
const UNANCHORED = new RegExp(
  String.raw`\b(?:later|earlier|sooner)\b|${AMOUNT}|\s\+\s*${ANY_AMOUNT}|\s[-−–]\s*\d+\s*m\b|^\s*\d+\s*h\d*\s*$`,
  'i',
);

/**
 * Whether the text counts from something that it does not name: `2 days later`, `2 days`, `10:00 +2 days`, `2h`. Not `in 2 days`,
 * `2 days ago` and a leading `+2 days`, which count from now.
 */
export const isUnanchored = (text: string): boolean =>
  UNANCHORED.test(text.replace(FROM_NOW, ' ').replace(SEVERAL, ' '));
