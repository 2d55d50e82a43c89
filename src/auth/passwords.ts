import { Injectable } from '@nestjs/common';
import { Algorithm, hash, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';
import { invalid } from '../problems/problem.js';
import { COMMON_PASSWORDS } from './common-passwords.js';

// OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, t=2, p=1.
const ARGON2 = { algorithm: Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
// Hashing runs on the libuv thread pool; more hashes at once would starve DNS look-ups and file operations.
const MAX_CONCURRENT_HASHES = 2;

/** Hashes and verifies passwords with Argon2id, off the event loop and with bounded concurrency. */
@Injectable()
export class Passwords {
  private readonly limit = pLimit(MAX_CONCURRENT_HASHES);
  private decoy: Promise<string> | null = null;

  hash(password: string): Promise<string> {
    return this.limit(() => hash(normalize(password), ARGON2));
  }

  /**
   * Returns whether a password matches a stored hash. Without a hash (an unknown name, or an account that nobody can
   * sign in to) it verifies a decoy, so that the response time doesn't reveal whether an account exists.
   */
  async matches(password: string, storedHash: string | null): Promise<boolean> {
    this.decoy ??= this.hash('a password that nobody has');
    const isHash = storedHash?.startsWith('$argon2id$') ?? false;
    const candidate = isHash ? storedHash! : await this.decoy;
    const matches = await this.limit(() => verify(candidate, normalize(password)));
    return matches && isHash;
  }
}

// The same password typed on two systems can arrive in two Unicode normalization forms (RFC 8265 §4.2).
const normalize = (password: string): string => password.normalize('NFC');

/** True for passwords that are guessed first: common ones, one repeated character, or a name of the account itself. */
export function isCommonPassword(password: string, ...ownNames: string[]): boolean {
  const folded = password.toLowerCase();
  if (COMMON_PASSWORDS.has(folded) || /^(.)\1+$/.test(folded)) return true;
  return ownNames.some((name) => name !== '' && folded === name.toLowerCase());
}

/** @throws Problem validation_failed if the password is too easy to guess */
export function rejectCommonPassword(password: string, username: string, email: string): void {
  if (!isCommonPassword(password, username, email)) return;
  throw invalid({
    pointer: '/password',
    code: 'too_common',
    message: 'This password is too easy to guess. Choose another one.',
  });
}
