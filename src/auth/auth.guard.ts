import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { ACCESS, type Access, TOKEN_IN_QUERY } from '../platform/http/access.js';
import type { Actor } from '../platform/http/actor.js';
import { Problem } from '../problems/problem.js';
import { AccessTokens } from './access-tokens.js';
import { SessionsService } from './sessions.service.js';

/** The method or the class of a route, which carries its decorators. */
export type Handler = ReturnType<ExecutionContext['getHandler']> | ReturnType<ExecutionContext['getClass']>;

/** The credentials of RFC 6750 §2.1. */
const BEARER = /^\s*bearer\s+(\S+)/i;

/**
 * Requires a valid token on every HTTP route that is neither `@Public()` nor `@OptionallySignedIn()`. Live connections
 * check theirs in the handshake.
 */
@Injectable()
export class GlobalAuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: AccessTokens,
    private readonly sessions: SessionsService,
  ) {}

  /** @throws Problem unauthenticated, the same for every invalid token and ended session */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    await this.check(context.switchToHttp().getRequest(), context.getHandler(), context.getClass());
    return true;
  }

  /**
   * Sets the actor of a request to a route, unless it is public.
   * @throws Problem unauthenticated
   */
  async check(request: FastifyRequest, handler: Handler, type: Handler): Promise<void> {
    const access = this.reflector.getAllAndOverride<Access>(ACCESS, [handler, type]);
    if (access === 'public') return;
    try {
      const inQuery = this.reflector.get<boolean | undefined>(TOKEN_IN_QUERY, handler) ?? false;
      request.actor = await this.readActor(request, inQuery);
    } catch (error) {
      const isRefused = error instanceof Problem && error.code === 'unauthenticated';
      if (access !== 'optional' || !isRefused) throw error;
    }
  }

  private readActor({ headers, query }: FastifyRequest, inQuery: boolean): Promise<Actor> {
    const bearer = BEARER.exec(headers.authorization ?? '')?.[1];
    const token = bearer ?? (inQuery ? (query as { token?: unknown }).token : undefined);
    if (typeof token !== 'string') throw new Problem('unauthenticated');
    return this.sessions.actorOf(this.tokens.verify(token));
  }
}
