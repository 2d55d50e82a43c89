import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import proxyAddr from '@fastify/proxy-addr';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '../../problems/problem.js';
import { Config } from '../config/config.js';
import { refuseBeforeBody } from '../http/refuse-before-body.js';
import { addressKey } from './address-key.js';
import type { AddressBudget, UserBudget } from './budgets.js';
import { Limits } from './limits.service.js';
import { announce, type Standing } from './rate-limit-headers.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** True when the request was counted for its user. */
    isCounted?: boolean;
  }
  interface FastifyContextConfig {
    /** The budget by address of a route, counted before its body is read. */
    addressBudget?: AddressBudget;
    /** The budget by user of a route, if it is not that of its method; it may depend on the query, which is not validated yet. */
    userBudget?: UserBudget | 'none' | ((query: Record<string, unknown>) => UserBudget);
  }
}

const READS = new Set(['GET', 'HEAD']);

/** Counts requests and connections, and refuses those whose budget is used up. */
@Injectable()
export class RequestLimits {
  constructor(
    private readonly limits: Limits,
    private readonly config: Config,
  ) {}

  /**
   * Counts a request for its user, the first time that it is called for it. Returns a promise only when the count is not known at once.
   * @throws Problem rate_limited, or rejects with it
   */
  countUser(request: FastifyRequest, reply: FastifyReply, userId: string): Promise<void> | undefined {
    const name = this.limits.isOn && !request.isCounted ? userBudgetOf(request) : 'none';
    if (name === 'none') return undefined;
    request.isCounted = true;
    const judge = (standing: Standing): void => {
      const refusal = this.judge(reply, standing);
      if (refusal) throw refusal;
    };
    const counted = this.limits.count(this.limits.budget(name), userId);
    if (counted instanceof Promise) return counted.then(judge);
    judge(counted);
    return undefined;
  }

  /** Counts a request for its address, if its route has such a budget, and calls `done` with a refusal or with nothing. */
  countAddress(request: FastifyRequest, reply: FastifyReply, done: (refusal: Problem | null) => void): void {
    const name = request.routeOptions?.config?.addressBudget;
    if (name === undefined || !this.limits.isOn) return done(null);
    const counted = this.limits.count(this.limits.budget(name), addressKey(request.ip));
    if (counted instanceof Promise) void counted.then((standing) => done(this.judge(reply, standing)));
    else done(this.judge(reply, counted));
  }

  /** The same for an attempt to open a WebSocket or a socket.io connection, which no route serves. */
  countConnection(request: IncomingMessage, done: (refusal: Problem | null) => void): void {
    if (!this.limits.isOn) return done(null);
    const { trustProxy } = this.config.values;
    const address = trustProxy ? proxyAddr(request, trustProxy) : request.socket.remoteAddress;
    const counted = this.limits.count(this.limits.budget('connect_address'), addressKey(address));
    if (counted instanceof Promise) void counted.then((standing) => done(this.limits.refusalOf(standing)));
    else done(this.limits.refusalOf(counted));
  }

  private judge(reply: FastifyReply, standing: Standing): Problem | null {
    const refusal = this.limits.refusalOf(standing);
    // A refusal has the headers itself.
    if (!refusal) announce(reply, standing);
    return refusal;
  }
}

function userBudgetOf({ method, query, routeOptions: { config } }: FastifyRequest): UserBudget | 'none' {
  const { userBudget = READS.has(method) ? 'reads' : 'writes' } = config;
  return typeof userBudget === 'function' ? userBudget(query as Record<string, unknown>) : userBudget;
}

/** Adds the hook that counts addresses. It runs before a body is read: a refused request costs next to nothing. */
export function limitAddresses(app: NestFastifyApplication): void {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  // A preview of the application has no providers.
  let found: RequestLimits | undefined;
  fastify.addHook('onRequest', (request, reply, done) => {
    found ??= app.get<RequestLimits>(RequestLimits);
    found.countAddress(request, reply, (refusal) => (refusal ? refuseBeforeBody(refusal, request, reply) : done()));
  });
}
