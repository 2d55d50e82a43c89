import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { Actor } from '../platform/http/actor.js';
import { AccessTokens, readClaims, VERIFY_OPTIONS } from './access-tokens.js';
import { SessionsService } from './sessions.service.js';

/** Resolves the bearer token of an HTTP request to its actor. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(
    tokens: AccessTokens,
    private readonly sessions: SessionsService,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (_request: unknown, token: string, done: (error: unknown, key?: never) => void) => {
        const key = tokens.keyFor(token);
        if (key) done(null, key as never);
        else done(new Error('unknown key'));
      },
      jsonWebTokenOptions: {},
      ...VERIFY_OPTIONS,
    });
  }

  validate(payload: unknown): Promise<Actor> {
    return this.sessions.actorOf(readClaims(payload));
  }
}
