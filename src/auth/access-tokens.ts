import { createHash, createSecretKey, type KeyObject, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService, TokenExpiredError } from '@nestjs/jwt';
import { isUUID } from 'class-validator';
import { LRUCache } from 'lru-cache';
import { Config } from '../platform/config/config.js';
import { DatabaseClock } from '../platform/database/database-clock.js';
import { unauthenticated } from './unauthenticated.js';

const ISSUER = 'convene';
const AUDIENCE = 'convene-api';
const MAX_VERIFIED = 10_000;

/** The claims of an access token whose signature and claims are verified. */
export interface AccessClaims {
  userId: string;
  sessionId: string;
  /** Epoch seconds, by the clock of the database. */
  expiresAt: number;
}

/** One algorithm, the issuer and the audience. */
const VERIFY_OPTIONS = {
  algorithms: ['HS256' as const],
  issuer: ISSUER,
  audience: AUDIENCE,
};

/**
 * Signs and verifies access tokens (RFC 7519, profile of RFC 9068: `typ: at+jwt`). They are dated by the clock of the
 * database: a token of a server whose clock is wrong is as good as any on the others.
 */
@Injectable()
export class AccessTokens {
  private readonly keys: Map<string, KeyObject>;
  private readonly signingKey: string;
  /** A signature that was valid stays so. */
  private readonly verified = new LRUCache<string, AccessClaims>({ max: MAX_VERIFIED });
  readonly lifetimeSeconds: number;

  constructor(
    private readonly jwt: JwtService,
    private readonly clock: DatabaseClock,
    config: Config,
  ) {
    // As KeyObjects: verifying a token takes 6 µs; with the secret as a string it takes 400 µs.
    this.keys = new Map(config.jwtSecrets.map((secret) => [keyId(secret), createSecretKey(Buffer.from(secret))]));
    this.signingKey = keyId(config.jwtSecrets[0]!);
    this.lifetimeSeconds = config.values.accessTokenSeconds;
  }

  issue(userId: string, sessionId: string): string {
    return this.jwt.sign(
      { sid: sessionId, type: 'access', iat: this.seconds() },
      {
        privateKey: this.keys.get(this.signingKey)! as never,
        algorithm: 'HS256',
        subject: userId,
        issuer: ISSUER,
        audience: AUDIENCE,
        expiresIn: this.lifetimeSeconds,
        // Two tokens of one second differ, and a log can name one without containing it.
        jwtid: randomUUID(),
        header: { alg: 'HS256', typ: 'at+jwt', kid: this.signingKey },
      },
    );
  }

  /** Verifies a token. @throws Problem unauthenticated */
  verify(token: string): AccessClaims {
    const known = this.verified.get(token);
    if (known && known.expiresAt > this.seconds()) return known;
    try {
      const secret = this.keyFor(token);
      if (!secret) throw new Error('unknown key');
      const options = { ...VERIFY_OPTIONS, secret: secret as never, clockTimestamp: this.seconds() };
      const claims = readClaims(this.jwt.verify(token, options));
      this.verified.set(token, claims);
      return claims;
    } catch (error) {
      throw unauthenticated(error instanceof TokenExpiredError ? 'expired' : 'not_valid');
    }
  }

  /** Returns how long a token is valid from now on, in milliseconds. */
  millisecondsLeft({ expiresAt }: Pick<AccessClaims, 'expiresAt'>): number {
    return expiresAt * 1_000 - this.clock.now();
  }

  private seconds(): number {
    return Math.floor(this.clock.now() / 1_000);
  }

  /** Returns the key that the header of the token names, or undefined if the server has no such key. */
  private keyFor(token: string): KeyObject | undefined {
    const header = this.headerOf(token);
    if (header?.typ !== 'at+jwt' || typeof header.kid !== 'string') return undefined;
    return this.keys.get(header.kid);
  }

  private headerOf(token: string): { kid?: unknown; typ?: unknown } | undefined {
    try {
      return this.jwt.decode<{ header?: { kid?: unknown; typ?: unknown } } | null>(token, { complete: true })?.header;
    } catch {
      // The library throws if the header says JWT and the payload isn't JSON.
      return undefined;
    }
  }
}

/**
 * Reads the claims and requires those that the library leaves optional: an expiry, the type (a refresh token is not an
 * access token), a session and a user. @throws Problem unauthenticated
 */
function readClaims(payload: unknown): AccessClaims {
  const { sub, sid, exp, type } = (payload ?? {}) as Record<string, unknown>;
  if (type !== 'access' || typeof exp !== 'number' || !isUUID(sub) || !isUUID(sid)) {
    throw unauthenticated('not_valid');
  }
  return { userId: sub as string, sessionId: sid as string, expiresAt: exp };
}

/** Returns an identifier for a secret that doesn't reveal it. */
const keyId = (secret: string): string => createHash('sha256').update(`kid:${secret}`).digest('base64url').slice(0, 12);
