import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import passport from 'passport';
import { v7 as uuidv7 } from 'uuid';
import { ACCESS, type Access } from '../platform/http/access.js';
import { Problem } from '../problems/problem.js';
import { JwtStrategy } from './jwt.strategy.js';

/**
 * Requires a valid token on every HTTP route that isn't `@Public()`. Live connections check theirs in the handshake.
 */
@Injectable()
export class GlobalAuthGuard extends AuthGuard() {
  constructor(
    private readonly reflector: Reflector,
    strategy: JwtStrategy,
  ) {
    // Passport registers strategies by name for the whole process. Under a shared name, a second application would
    // replace the strategy of the first and check its callers against a session cache that doesn't receive their
    // logouts.
    const name = `jwt ${uuidv7()}`;
    passport.use(name, strategy);
    super({ property: 'actor', defaultStrategy: name });
  }

  override canActivate(
    context: ExecutionContext,
  ): ReturnType<InstanceType<ReturnType<typeof AuthGuard>>['canActivate']> {
    if (context.getType() !== 'http') return true;
    const access = this.reflector.getAllAndOverride<Access>(ACCESS, [context.getHandler(), context.getClass()]);
    return access === 'public' ? true : super.canActivate(context);
  }

  /** Responds in the same way to every invalid token. Other errors, such as a database failure, pass through. */
  override handleRequest<Actor>(error: unknown, actor: Actor | false): Actor {
    if (actor) return actor;
    const isRejected = error instanceof Problem || error === null || error === undefined;
    if (isRejected || (error as Error).message === 'unknown key') throw new Problem('unauthenticated');
    throw error;
  }
}
