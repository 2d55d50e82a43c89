import { Injectable } from '@nestjs/common';
import { Algorithm, hash, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';
import { COMMON_PASSWORDS } from './common-passwords.js';

// OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, t=2, p=1.
const ARGON2 = { algorithm: Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
// Hashing runs on libuv's threads; more at once would starve DNS and file work.
const CONCURRENT_HASHES = 2;

/** Argon2id hashing and checking, off the event loop and a few at a time. */
@Injectable()
export class Passwords {
  private readonly limit = pLimit(CONCURRENT_HASHES);
  private decoy: Promise<string> | null = null;

  hash(password: string): Promise<string> {
    return this.limit(() => hash(normalized(password), ARGON2));
  }

  /** With no hash to compare (an unknown name, an account that nobody can sign in to) the same work is done, so that time doesn't tell who has an account. */
  async matches(password: string, storedHash: string | null): Promise<boolean> {
    this.decoy ??= this.hash('a password that nobody has');
    const isHash = storedHash?.startsWith('$argon2id$') ?? false;
    const candidate = isHash ? storedHash! : await this.decoy;
    const good = await this.limit(() => verify(candidate, normalized(password)));
    return good && isHash;
  }
}

// The same password typed on two systems can arrive in two Unicode forms (RFC 8265 §4.2).
const normalized = (password: string): string => password.normalize('NFC');

/** True for passwords that guessing starts with: the usual lists, one repeated character, or the account's own name. */
export function isCommonPassword(password: string, ...ownNames: string[]): boolean {
  const folded = password.toLowerCase();
  if (COMMON_PASSWORDS.has(folded) || /^(.)\1+$/.test(folded)) return true;
  return ownNames.some((name) => name !== '' && folded === name.toLowerCase());
}
