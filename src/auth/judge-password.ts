import { type Estimate, estimateGuesses, MAX_JUDGED } from './guessing-model.js';
import { foldLetters } from './look-alikes.js';

/**
 * The guesses that a password must withstand. Eight random letters and digits do; a word or a leaked password with a
 * digit or a year behind it does not.
 */
const MIN_GUESSES = 1_000_000;

const LEAKED = 'This password is in lists of leaked passwords.';
const ALTERED = 'This password is a common word or a leaked password with small changes.';
const KEYS = 'This password is a row or a pattern of keys.';
const REPEATED = 'This password repeats the same characters.';

/** Why a password is weak, by the warning of zxcvbn. */
const REASONS: Record<string, string> = {
  topTen: LEAKED,
  topHundred: LEAKED,
  common: LEAKED,
  similarToCommon: ALTERED,
  wordByItself: ALTERED,
  straightRow: KEYS,
  keyPattern: KEYS,
  simpleRepeat: REPEATED,
  extendedRepeat: REPEATED,
  sequences: 'This password is a sequence, such as 12345678 or abcdefgh.',
  recentYears: 'This password is little more than a year.',
  dates: 'This password is little more than a date.',
  userInputs: 'This password is little more than your user name or your e-mail address.',
};
const OTHER_REASON = 'This password is easy to guess.';
const ADVICE = 'Use several unrelated words, or a password manager.';

/**
 * Returns why a password is too easy to guess, in whole sentences for people, or null if it is good enough. Upper case,
 * compatibility characters (NFKC), accents, letters of other scripts that look alike, and digits in place of letters do
 * not make a password better.
 *
 * Reads at most the first and the last 32 characters, the better of which counts, so that no password keeps the event
 * loop for long.
 * @param ownWords the user name and the e-mail address of the account: they and their parts are guessed first
 */
export async function judgePassword(password: string, ownWords: string[]): Promise<string | null> {
  const text = password.normalize('NFKC');
  const words = ownWords.flatMap(partsOf);
  // Both: what it is in its own script, and what it looks like.
  for (const read of new Set([text, foldLetters(text)])) {
    const weakness = await findWeakness(read, words);
    if (weakness !== null) return weakness;
  }
  return null;
}

async function findWeakness(text: string, words: string[]): Promise<string | null> {
  const first = await estimateGuesses(text, words);
  // A long one is as good as its better end; a short one is not better for the symbol at its end.
  const goesOn = text.length > MAX_JUDGED ? !isGood(first) : isGood(first);
  const rest = text.length > MAX_JUDGED ? text.slice(-MAX_JUDGED) : withoutFinalSymbol(text);
  const judged = goesOn ? await estimateGuesses(rest, words) : first;
  if (isGood(judged)) return null;
  return `${REASONS[judged.warning ?? ''] ?? OTHER_REASON} ${ADVICE}`;
}

const isGood = ({ guesses }: Estimate): boolean => guesses >= MIN_GUESSES;

/** A symbol at the end, as rules about passwords ask for, is the first thing that is tried: `Summer2026!`. */
const withoutFinalSymbol = (text: string): string => text.replace(/([^\p{L}\p{N}])\1*$/u, '') || text;

/** Returns a name and its parts of 3 characters or more, in lower case. */
function partsOf(name: string): string[] {
  const folded = name.normalize('NFKC').toLowerCase();
  const parts = [folded, ...folded.split(/[@.]/), ...folded.split(/[^\p{L}\p{N}]+/u)];
  return [...new Set(parts)].filter((part) => part.length >= 3 && part.length <= MAX_JUDGED);
}
