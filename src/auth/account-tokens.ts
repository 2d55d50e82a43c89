import { createHash, randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import type { Transaction } from '../platform/database/transaction.js';
import { invalid, type Problem } from '../problems/problem.js';
import type { TokenPurpose } from './account-token.entity.js';
import { AccountTokensRepository, type LivingToken } from './account-tokens.repository.js';

const TOKEN_BYTES = 32;

/** The secrets of links in mails. Only their hashes are stored. */
@Injectable()
export class AccountTokens {
  private readonly logger = new Logger(AccountTokens.name);

  constructor(private readonly tokens: AccountTokensRepository) {}

  /**
   * Returns a new token. Those of one transaction with the same lifetime expire at the same moment.
   * @param userId null for an invitation, and when nobody has the address: then it does nothing
   * @param seconds how long it can be used, by the clock of the database, which also judges it
   */
  issue(tx: Transaction, purpose: TokenPurpose, userId: string | null, email: string, seconds: number): string {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    this.tokens.insert(tx, { hash: tokenHash(token), purpose, userId, email }, seconds);
    return token;
  }

  /** @throws Problem validation_failed if the token cannot be used */
  async find(token: string, purposes: TokenPurpose[]): Promise<LivingToken> {
    const found = await this.tokens.find(tokenHash(token), purposes);
    if (!found) throw unusable();
    return found;
  }

  /**
   * Uses a token, which works once, and locks its account for the rest of the transaction.
   * @throws Problem validation_failed if it was used before or has expired
   */
  async use(tx: Transaction, token: string, purposes: TokenPurpose[]): Promise<LivingToken> {
    const hash = tokenHash(token);
    const found = await this.tokens.lock(tx, hash, purposes);
    if (!found) throw unusable();
    this.tokens.setUsed(tx, hash);
    return found;
  }

  /** Returns the address that was invited. @throws Problem validation_failed if the invitation has ended */
  async findInvited(token: string, pointer: string, tx?: Transaction): Promise<string> {
    const email = await this.tokens.findInvited(tokenHash(token), tx);
    if (email === null) throw unusable(pointer);
    return email;
  }

  /** Returns whether every address that was asked has confirmed the change to this one. */
  isConfirmed(tx: Transaction, userId: string, email: string): Promise<boolean> {
    return this.tokens.isConfirmed(tx, userId, email);
  }

  /** Ends the tokens of an account, all or those for some purposes. */
  end(tx: Transaction, userId: string, purposes?: TokenPurpose[]): void {
    this.tokens.deleteByUser(tx, userId, purposes);
  }

  @Cron('0 17 * * * *', { name: 'prune-account-tokens' })
  async prune(): Promise<void> {
    try {
      await this.tokens.prune();
    } catch (error) {
      // Expired tokens are ignored even if they still exist. The next run deletes them.
      this.logger.error(error instanceof Error ? error.stack : error);
    }
  }
}

/** Returns what is stored of a token. */
export const tokenHash = (token: string): Buffer => createHash('sha256').update(token).digest();

export const unusable = (pointer = '/token'): Problem =>
  invalid({
    pointer,
    code: 'token_unusable',
    message: 'This link has expired, or it was used before. Request a new one.',
  });
