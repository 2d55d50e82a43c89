import { Injectable } from '@nestjs/common';
import type { User } from '../users/user.entity.js';
import { AccessTokens } from './access-tokens.js';
import { RefreshTokens } from './refresh-tokens.js';

/** A pair of tokens and their user. */
export interface SignedInUser {
  accessToken: string;
  refreshToken: string;
  expiresIn: number;
  user: User;
}

@Injectable()
export class TokenPairs {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
  ) {}

  /** @param count how often the session was refreshed */
  issue(user: User, sessionId: string, count: number): SignedInUser {
    return {
      accessToken: this.accessTokens.issue(user.id, sessionId),
      refreshToken: this.refreshTokens.issue({ sessionId, count }),
      expiresIn: this.accessTokens.lifetimeSeconds,
      user,
    };
  }
}
