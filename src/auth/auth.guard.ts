import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ACCESS, type Access, TOKEN_IN_QUERY } from '../platform/http/access.js';
import type { Actor } from '../platform/http/actor.js';
import { originOf } from '../platform/http/request-origin.js';
import { RequestLimits } from '../platform/limits/request-limits.js';
import { Problem } from '../problems/problem.js';
import { AccessTokens } from './access-tokens.js';
import { AppPasswords } from './app-passwords.service.js';
import { SessionsService } from './sessions.service.js';
import { unauthenticated } from './unauthenticated.js';

/** The method or the class of a route, which carries its decorators. */
export type Handler = ReturnType<ExecutionContext['getHandler']> | ReturnType<ExecutionContext['getClass']>;

/** The credentials of RFC 6750 §2.1. */
const BEARER = /^\s*bearer\s+(\S+)/i;

/**
 * Requires a valid token on every HTTP route that is neither `@Public()` nor `@OptionallySignedIn()`, or an app password on
 * those of calendar applications, and counts the request for its user. Live connections check their token in the handshake.
 */
@Injectable()
export class GlobalAuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: AccessTokens,
    private readonly sessions: SessionsService,
    private readonly appPasswords: AppPasswords,
    private readonly limits: RequestLimits,
  ) {}

  /** @throws Problem unauthenticated, which says what is wrong with the token; admin_required, rate_limited */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const http = context.switchToHttp();
    await this.check(http.getRequest(), http.getResponse(), context.getHandler(), context.getClass());
    return true;
  }

  /**
   * Sets the actor of a request to a route, unless it is public, and counts the request for the actor, once.
   * @throws Problem unauthenticated, admin_required, rate_limited
   */
  async check(request: FastifyRequest, reply: FastifyReply, handler: Handler, type: Handler): Promise<void> {
    const access = this.reflector.getAllAndOverride<Access>(ACCESS, [handler, type]);
    if (access === 'public') return;
    request.actor = undefined;
    try {
      const inQuery = this.reflector.get<boolean | undefined>(TOKEN_IN_QUERY, handler) ?? false;
      request.actor =
        access === 'app_password'
          ? await this.appPasswords.actorOf(request.headers.authorization, originOf(request))
          : await this.readActor(request, inQuery);
      if (access === 'admin') await this.sessions.requireAdmin(request.actor);
    } catch (error) {
      const isRefused = error instanceof Problem && error.code === 'unauthenticated';
      if (access !== 'optional' || !isRefused) throw error;
      return;
    }
    const counting = this.limits.countUser(request, reply, request.actor.userId);
    if (counting) await counting;
  }

  private readActor(request: FastifyRequest, inQuery: boolean): Promise<Actor> {
    const { headers, query } = request;
    const bearer = BEARER.exec(headers.authorization ?? '')?.[1];
    const token = bearer ?? (inQuery ? (query as { token?: unknown }).token : undefined);
    if (typeof token !== 'string') throw unauthenticated(headers.authorization ? 'not_bearer' : 'missing');
    return this.sessions.actorOf(this.tokens.verify(token), originOf(request));
  }
}
