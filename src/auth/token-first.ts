import { Injectable, type OnApplicationBootstrap, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, HttpAdapterHost, MetadataScanner } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refuseBeforeBody } from '../platform/http/refuse-before-body.js';
import { GlobalAuthGuard, type Handler } from './auth.guard.js';

const WITHOUT_BODY = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Checks the token and the budget of its user before the body of a request is read, so that a caller without one can neither make the server parse
 * anything nor learn what it thinks of it. The guard checks again: the session may end while the body arrives.
 */
@Injectable()
export class TokenFirst implements OnApplicationBootstrap {
  /** The handler and the class of each route with a body, by method and path. */
  private readonly routes = new Map<string, [handler: Handler, type: Handler]>();

  constructor(
    { httpAdapter }: HttpAdapterHost,
    private readonly guard: GlobalAuthGuard,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {
    httpAdapter.getInstance<FastifyInstance>().addHook('preParsing', (request, reply, _payload, done) => {
      const route = WITHOUT_BODY.has(request.method) ? undefined : this.routeOf(request);
      if (!route) return done();
      this.guard.check(request, reply, ...route).then(
        () => done(),
        (error: unknown) => refuseBeforeBody(error, request, reply),
      );
    });
  }

  onApplicationBootstrap(): void {
    for (const { instance, metatype } of this.discovery.getControllers()) {
      if (!instance || !metatype) continue;
      const prototype = Object.getPrototypeOf(instance) as Record<string, () => unknown>;
      for (const name of this.scanner.getAllMethodNames(prototype)) {
        const handler = prototype[name]!;
        const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
        if (method === undefined) continue;
        for (const path of paths(metatype, handler)) {
          this.routes.set(`${RequestMethod[method]} ${path}`, [handler, metatype]);
        }
      }
    }
  }

  private routeOf({ method, routeOptions }: FastifyRequest) {
    return this.routes.get(`${method} ${routeOptions.url}`) ?? this.routes.get(`ALL ${routeOptions.url}`);
  }
}

function paths(type: object, handler: object): string[] {
  const [prefixes, rest] = [type, handler].map((target) =>
    [Reflect.getMetadata(PATH_METADATA, target) as string].flat(),
  );
  const join = (...parts: string[]): string => `/${parts.join('/').split('/').filter(Boolean).join('/')}`;
  return prefixes!.flatMap((prefix) => rest!.map((path) => join(prefix, path)));
}
