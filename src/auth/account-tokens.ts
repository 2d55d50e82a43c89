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
   * Returns a new token. @param userId null when nobody has the address: such a token does nothing
   * @param until when it expires
   */
  issue(tx: Transaction, purpose: TokenPurpose, userId: string | null, email: string, until: Date): string {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    this.tokens.insert(tx, { hash: hashOf(token), purpose, userId, email, createdAt: new Date(), expiresAt: until });
    return token;
  }

  /** @throws Problem validation_failed if the token cannot be used */
  async find(token: string, purposes: TokenPurpose[]): Promise<LivingToken> {
    const found = await this.tokens.find(hashOf(token), purposes);
    if (!found) throw unusable();
    return found;
  }

  /**
   * Uses a token, which works once, and locks its account for the rest of the transaction.
   * @throws Problem validation_failed if it was used before or has expired
   */
  async use(tx: Transaction, token: string, purposes: TokenPurpose[]): Promise<LivingToken> {
    const hash = hashOf(token);
    const found = await this.tokens.lock(tx, hash, purposes);
    if (!found) throw unusable();
    this.tokens.setUsed(tx, hash);
    return found;
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

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

const unusable = (): Problem =>
  invalid({
    pointer: '/token',
    code: 'token_unusable',
    message: 'This link has expired, or it was used before. Request a new one.',
  });
