import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Algorithm, hash, verify } from '@node-rs/argon2';
import pLimit, { type LimitFunction } from 'p-limit';
import { Config } from '../platform/config/config.js';
import { Problem } from '../problems/problem.js';

// OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, t=2, p=1.
const ARGON2 = { algorithm: Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Each hash takes about 6 ms of a core, so that the last one in the queue waits for 0.2 s. */
const MAX_WAITING_PER_HASH = 32;

/** A hash that no password has, with the cost of the others. */
const DECOY = `$argon2id$v=19$m=${ARGON2.memoryCost},t=${ARGON2.timeCost},p=${ARGON2.parallelism}$${unpadded(16)}$${unpadded(32)}`;

/**
 * Hashes and verifies passwords with Argon2id, off the event loop. Runs a few hashes at once, each of which holds 19 MiB
 * and a core, and lets a bounded number wait.
 */
@Injectable()
export class Passwords {
  private readonly limit: LimitFunction;
  private readonly maxWaiting: number;

  constructor({ values }: Config) {
    this.limit = pLimit(values.passwordHashesAtOnce);
    this.maxWaiting = values.passwordHashesAtOnce * MAX_WAITING_PER_HASH;
  }

  /** @throws Problem unavailable when too many hashes wait */
  hash(password: string): Promise<string> {
    return this.run(() => hash(normalize(password), ARGON2));
  }

  /**
   * Returns whether a password matches a stored hash. Without a hash (an unknown name, or an account that nobody can
   * sign in to) it verifies a decoy, so that the response time doesn't reveal whether an account exists.
   * @throws Problem unavailable when too many hashes wait
   */
  async matches(password: string, storedHash: string | null): Promise<boolean> {
    const isHash = storedHash?.startsWith('$argon2id$') ?? false;
    const candidate = isHash ? storedHash! : DECOY;
    const matches = await this.run(() => verify(candidate, normalize(password)));
    return matches && isHash;
  }

  private async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.limit.pendingCount >= this.maxWaiting) {
      throw new Problem('unavailable', {
        detail: 'Too many people are signing in at this moment.',
        headers: { 'retry-after': '1' },
      });
    }
    return this.limit(work);
  }
}

// The same password typed on two systems can arrive in two Unicode normalization forms (RFC 8265 §4.2 asks for NFC).
const normalize = (password: string): string => password.normalize('NFC');

function unpadded(bytes: number): string {
  return randomBytes(bytes).toString('base64').replace(/=+$/, '');
}
