const FIRST_SECONDS = 30;
const LONGEST_SECONDS = 3_600;
const FIRST_PAUSE_SECONDS = 2;
const LONGEST_PAUSE_SECONDS = 300;

/** What an attempt to send came to. */
export type Failure =
  /** The server cannot be reached or refuses us: it says nothing about the mail. */
  | 'unreachable'
  /** The server refused this mail for now. */
  | 'refused'
  /** The server refused this mail and will not take it later. */
  | 'impossible';

/** Returns what the error of an attempt means (RFC 5321 §4.2.1: 4yz is for now, 5yz for good). */
export function failureOf(error: unknown): Failure {
  const { code, responseCode } = (error ?? {}) as { code?: unknown; responseCode?: unknown };
  if (code !== 'EENVELOPE' && code !== 'EMESSAGE') return 'unreachable';
  // 421: the server is shutting down.
  if (typeof responseCode !== 'number' || responseCode === 421) return 'unreachable';
  return responseCode >= 500 ? 'impossible' : 'refused';
}

/** Returns the seconds until the next attempt for one mail: longer each time, and random, so that not all come at once. */
export function retrySeconds(attempts: number, random = Math.random()): number {
  return grow(FIRST_SECONDS, LONGEST_SECONDS, attempts, random);
}

/** Returns the seconds for which a server sends nothing after so many attempts in a row that reached nobody. */
export function pauseSeconds(failures: number, random = Math.random()): number {
  return grow(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, failures, random);
}

const grow = (first: number, longest: number, times: number, random: number): number =>
  Math.min(longest, first * 2 ** (times - 1)) * (0.5 + random / 2);
