import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { CACHE_CONTROL } from '../platform/http/etag.js';

/** What Fastify and Nest do not know of WebDAV: two methods, and the headers of every response. */
@Injectable()
export class DavProtocol {
  constructor({ httpAdapter }: HttpAdapterHost) {
    const fastify = httpAdapter.getInstance<FastifyInstance>();
    for (const method of ['REPORT', 'MKCALENDAR']) fastify.addHttpMethod(method, { hasBody: true });
    fastify.addHook('onRequest', ({ routeOptions }, reply, done) => {
      // Clients look for it in refusals too (RFC 4791 §5.1).
      if (routeOptions.url?.startsWith('/dav')) {
        reply.header('dav', '1, 3, calendar-access').header('cache-control', CACHE_CONTROL);
        reply.header('vary', 'Authorization');
      }
      done();
    });
  }
}
