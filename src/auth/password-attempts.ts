import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { addressKey } from '../platform/limits/address-key.js';
import { Limits } from '../platform/limits/limits.service.js';
import { isExceeded, type Standing } from '../platform/limits/rate-limit-headers.js';
import { Problem } from '../problems/problem.js';
import type { User } from '../users/user.entity.js';
import { SessionsService } from './sessions.service.js';
import { Turns } from './turns.js';

/** The longest time between two guesses at an account under attack, from all new addresses together. */
const MAX_WAIT_SECONDS = 60;
/** Stands for the accounts that nobody has, so that asking for their sessions takes as long. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Bounds how often passwords can be guessed. An attempt is counted before its password is checked, so that many at once
 * are not too many, and taken back if the password is right.
 *
 * - From one address, an account can be guessed at `password_address` times.
 * - From all addresses together, `password_account` times. Beyond that, an address from which the account was signed in to
 *   before is let through. All others together have one attempt per wait, which grows up to a minute: the owner can
 *   still sign in from a new address. An attempt that does not wait counts for its address, so that those who send many
 *   are soon refused and do not take every attempt that is free.
 *
 * Names that nobody has are counted in the same way: refusals do not reveal who has an account.
 */
@Injectable()
export class PasswordAttempts {
  private readonly turns = new Turns();

  constructor(
    private readonly limits: Limits,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * Runs the check of a password that was sent to sign in with, unless there were too many wrong ones.
   * @param name the name that was sent, for an account that nobody has
   * @throws Problem rate_limited
   */
  async signIn(
    user: User | null,
    name: string,
    address: string | null,
    check: () => Promise<boolean>,
  ): Promise<boolean> {
    if (!this.limits.isOn) return check();
    const account = user?.id ?? hashName(name);
    const origin = addressKey(address ?? undefined);
    const pair = { budget: this.limits.budget('password_address'), subject: `${account} ${origin}` };
    const all = { budget: this.limits.budget('password_account'), subject: account };
    // One after the other, so that right passwords sent at once are not counted as if they were wrong.
    return this.turns.run(pair.subject, async () => {
      this.refuse(await this.limits.count(pair.budget, pair.subject));
      const standing = await this.limits.count(all.budget, all.subject);
      try {
        if (isExceeded(standing) && !(await this.isKnown(user, origin))) await this.wait(standing, account);
        const matches = await check();
        if (matches) for (const { budget, subject } of [pair, all]) this.limits.refund(budget, subject);
        return matches;
      } catch (error) {
        // No guess. Whoever does not wait still uses up the attempts of their address, and leaves the others alone.
        const didNotWait = error instanceof Problem && error.code === 'rate_limited';
        for (const { budget, subject } of didNotWait ? [all] : [pair, all]) this.limits.refund(budget, subject);
        throw error;
      }
    });
  }

  /**
   * Runs the check of a password that confirms a change of the account of a session.
   * @throws Problem rate_limited after too many wrong ones
   */
  async confirm(sessionId: string, check: () => Promise<boolean>): Promise<boolean> {
    if (!this.limits.isOn) return check();
    await this.limits.spend('password_session', sessionId);
    let isWrong = false;
    try {
      isWrong = !(await check());
      return !isWrong;
    } finally {
      if (!isWrong) this.limits.refund(this.limits.budget('password_session'), sessionId);
    }
  }

  /** Allows one attempt per wait, which doubles with each wrong one beyond the limit. @throws Problem rate_limited */
  private async wait({ budget, count }: Standing, account: string): Promise<void> {
    const beyond = count - budget.limit - 1;
    const waitSeconds = Math.min(MAX_WAIT_SECONDS, 2 ** Math.min(beyond, 10));
    const turn = await this.limits.count({ name: 'login_wait', limit: 1, windowMs: waitSeconds * 1_000 }, account);
    if (isExceeded(turn)) this.refuse({ budget, count, resetMs: turn.resetMs });
  }

  private refuse(standing: Standing): void {
    const refusal = this.limits.refusalOf(standing);
    if (refusal) throw refusal;
  }

  private async isKnown(user: User | null, origin: string): Promise<boolean> {
    const addresses = await this.sessions.listAddresses(user?.id ?? NOBODY);
    return addresses.some((address) => addressKey(address) === origin);
  }
}

/** Names are sent by anybody, and can be long. */
const hashName = (name: string): string =>
  createHash('sha256').update(name.normalize('NFC').toLowerCase()).digest('base64url').slice(0, 22);
