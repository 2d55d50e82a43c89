import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import passport from 'passport';
import { v7 as uuidv7 } from 'uuid';
import { ACCESS, type Access } from '../platform/http/access.js';
import { Problem } from '../problems/problem.js';
import { JwtStrategy } from './jwt.strategy.js';

/** Global: every HTTP route that isn't `@Public()` needs a good token. Gateways check theirs in the handshake. */
@Injectable()
export class GlobalAuthGuard extends AuthGuard() {
  constructor(
    private readonly reflector: Reflector,
    strategy: JwtStrategy,
  ) {
    // Strategies are registered by name for the whole process: under a common name a second application would replace
    // the strategy of the first and judge its callers by a session cache that hears nothing of their logouts.
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

  /** Whatever was wrong with the token, the caller hears the same; only a broken database is told apart. */
  override handleRequest<Actor>(error: unknown, actor: Actor | false): Actor {
    if (actor) return actor;
    const isOurs = error instanceof Problem || error === null || error === undefined;
    if (isOurs || (error as Error).message === 'unknown key') throw new Problem('unauthenticated');
    throw error;
  }
}
