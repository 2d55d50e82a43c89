import { setImmediate as turn } from 'node:timers/promises';
import type { ZxcvbnFactory } from '@zxcvbn-ts/core';

/** How many guesses a text withstands. */
export interface Estimate {
  guesses: number;
  /** Why it does not withstand more: a warning of zxcvbn such as `common`, or null. */
  warning: string | null;
}

/**
 * zxcvbn takes time that grows with the third power of the length, and with each character that may stand for another,
 * such as `@` for `a`: 128 hostile characters took two seconds. Within these bounds none took more than 5 ms.
 */
export const MAX_JUDGED = 32;
const MAX_SUBSTITUTIONS = 4;

/** First guesses that the list of leaked passwords lacks. */
const LOCAL_WORDS = [
  ...['convene', 'calendar', 'schedule', 'meeting', 'login', 'root', 'toor', 'fortnite', 'admin@123'],
  ...['correcthorse', 'batterystaple'],
  ...['motdepasse', 'contraseña', 'passwort', 'senha', 'wachtwoord', 'lösenord', 'hasło', 'пароль'],
];

/** Phrases that everybody quotes, by their words: two words of a list would withstand too many guesses. */
const PHRASES = [
  'correct horse battery staple',
  'to be or not to be',
  'may the force be with you',
  'the quick brown fox',
  'the quick brown fox jumps over',
  'once upon a time',
  'in the beginning',
  'open sesame',
  'let me in please',
  'i have a dream',
  'live long and prosper',
  'winter is coming',
  'hello world',
  'lorem ipsum',
  'lorem ipsum dolor sit amet',
  'never gonna give you up',
  'all your base are belong to us',
  'this is my password',
  'my secret password',
  'change me now',
];
/** How people write the words of a phrase together. */
const BETWEEN_WORDS = ['', ' ', '-', '_', '.'];
const WRITTEN_PHRASES = BETWEEN_WORDS.flatMap((between) => PHRASES.map((phrase) => phrase.replaceAll(' ', between)));

let model: Promise<ZxcvbnFactory> | null = null;

/**
 * Loads the 50,000 most frequent leaked passwords and 7,776 English words on first use. It takes 150 ms, which no start
 * has to wait for; other requests run between the steps.
 */
async function load(): Promise<ZxcvbnFactory> {
  const { ZxcvbnFactory: Factory } = await import('@zxcvbn-ts/core');
  await turn();
  const { adjacencyGraphs, dictionary } = await import('@zxcvbn-ts/language-common');
  await turn();
  return new Factory({
    dictionary: { ...dictionary, local: [...LOCAL_WORDS, ...WRITTEN_PHRASES] },
    graphs: adjacencyGraphs,
    maxLength: MAX_JUDGED,
    l33tMaxSubstitutions: MAX_SUBSTITUTIONS,
  });
}

/**
 * Estimates how many guesses a text withstands from somebody who tries likely passwords first. Reads its first
 * `MAX_JUDGED` UTF-16 units.
 * @param ownWords words that this person would use, in lower case
 */
export async function estimateGuesses(text: string, ownWords: string[]): Promise<Estimate> {
  const zxcvbn = await (model ??= load());
  const { guesses, feedback } = zxcvbn.check(text, ownWords);
  return { guesses, warning: feedback.warning };
}
