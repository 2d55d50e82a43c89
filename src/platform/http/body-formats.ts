import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { counted } from '../../problems/counted.js';
import type { Config } from '../config/config.js';
import { bestMatch } from './best-match.js';
import { refuseBeyond } from './body-bounds.js';
import { CACHE_CONTROL } from './etag.js';
import { readJson } from './json-body.js';
import { MESSAGE_PACK_TYPES, packMessage, unpackMessage } from './message-pack.js';
import { Problem } from '../../problems/problem.js';
import { sendProblem } from './problem.filter.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The response format, negotiated from `Accept` first of all: JSON, MessagePack or a media type of the route. */
    responseFormat?: 'json' | 'msgpack' | (string & {});
  }
  interface FastifyContextConfig {
    /** True if the body of the route is a batch: the limit of batches applies. */
    largeBody?: boolean;
    /** The media types that this route can send besides JSON and MessagePack. */
    produces?: string[];
    /** The media types that this route accepts besides JSON and MessagePack. */
    consumes?: string[];
  }
}

const FORM = 'application/x-www-form-urlencoded';
const MERGE_PATCH = 'application/merge-patch+json';
/** iCalendar (RFC 5545). The handler receives the bytes, because lines may be folded inside characters. */
export const CALENDAR = 'text/calendar';
/** Bodies of WebDAV (RFC 4918). The handler receives the bytes. */
export const XML_TYPES = ['application/xml', 'text/xml'];

/** Returns the size of the largest body of any route, in bytes. */
export const largestBody = ({ values }: Config): number =>
  Math.max(values.batchBodyLimitBytes, values.bodyLimitBytes, values.calendarLimitBytes);

/** Whether a request says that it has a body (RFC 9112 §6.3). */
export const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

/** Registers the parsers for JSON and MessagePack and, for the routes that declare them, merge patches and forms. */
export function useBodyFormats(app: NestFastifyApplication, config: Config): void {
  const { batchBodyLimitBytes, bodyLimitBytes, calendarLimitBytes, maxNesting, maxBodyValues } = config.values;
  const bounds = { nesting: maxNesting, values: maxBodyValues };
  const largest = largestBody(config);

  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  // Fastify parses plain text by default; this API doesn't accept it.
  fastify.removeContentTypeParser('text/plain');
  // Clients name a type for a body that they don't send: `curl -d ''`, `axios.post(url)`. That of a read is not read.
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { method, headers } = request;
    if (method === 'GET' || method === 'HEAD' || !hasBody(request)) {
      delete headers['content-type'];
      delete headers['content-encoding'];
    } else if (headers['content-encoding'] !== undefined) {
      // Whatever the case of its letters, and by the name that it had before (RFC 9110 §8.4.1).
      headers['content-encoding'] = headers['content-encoding'].toLowerCase().replace(/^x-gzip$/, 'gzip');
    }
    done();
  });
  const read = (types: string[], decode: (bytes: Buffer, request: FastifyRequest) => unknown): void => {
    app.useBodyParser(types, { bodyLimit: largest }, (request: FastifyRequest, bytes: Buffer, done) => {
      try {
        const { largeBody, consumes } = request.routeOptions.config;
        const json = largeBody ? batchBodyLimitBytes : bodyLimitBytes;
        const limit = consumes?.includes(CALENDAR) ? calendarLimitBytes : json;
        if (bytes.length > limit)
          throw new Problem('body_too_large', { detail: `Send at most ${counted(limit, 'byte')}.` });
        done(null, bytes.length === 0 ? undefined : decode(bytes, request));
      } catch (error) {
        done(error as Error, undefined);
      }
    });
  };
  read(['application/json'], (bytes) => readJson(bytes, bounds));
  read([MERGE_PATCH], (bytes, request) => {
    requireConsumed(request, MERGE_PATCH);
    return readJson(bytes, bounds);
  });
  read([CALENDAR], (bytes, request) => {
    requireConsumed(request, CALENDAR);
    return bytes;
  });
  read(XML_TYPES, (bytes, request) => {
    requireConsumed(request, XML_TYPES[0]!);
    return bytes;
  });
  read(MESSAGE_PACK_TYPES, (bytes) => unpackMessage(bytes, bounds));
  read([FORM], (bytes, request) => {
    // `curl -d '{…}'` sends the content type of a form by default. No form begins with a brace or a bracket.
    if (bytes[0] === 0x7b || bytes[0] === 0x5b) return readJson(bytes, bounds);
    requireConsumed(request, FORM);
    const text = bytes.toString('utf8');
    const members = text.split('&').length;
    refuseBeyond({ depth: 1, values: members, members }, bounds);
    return Object.fromEntries(new URLSearchParams(text));
  });
}

/** The problems of a compressed body (RFC 9110 §8.4), for the plugin that decompresses it. */
export const COMPRESSED_BODIES = {
  // A client that leaves ends its body with an error too: that one stays as it is.
  onInvalidRequestPayload: (_encoding: string, _request: FastifyRequest, { code }: NodeJS.ErrnoException) => ({
    cause:
      code === 'ECONNRESET'
        ? undefined
        : new Problem('unreadable_body', { detail: 'The body is not in the encoding that Content-Encoding names.' }),
  }),
  onUnsupportedRequestEncoding: () =>
    new Problem('unsupported_format', { detail: 'Content-Encoding must be gzip, deflate, br or identity.' }),
};

/** Rejects a form (RFC 6749 §4.3) or a merge patch (RFC 7396) on a route that doesn't declare it. */
function requireConsumed(request: FastifyRequest, type: string): void {
  if (!request.routeOptions.config.consumes?.includes(type)) throw new Problem('unsupported_format');
}

/** Negotiates the response format of everything under `/api` (RFC 9110 §12.5.1). Sends a 406 if none is acceptable. */
export function negotiate(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  request.responseFormat = 'json';
  if (!request.url.startsWith('/api')) return done();
  reply.header('cache-control', CACHE_CONTROL).header('vary', 'Authorization, Accept, Origin');
  const accept = request.headers.accept;
  if (accept) {
    const offered = [
      'application/json',
      'application/problem+json',
      ...MESSAGE_PACK_TYPES,
      ...(request.routeOptions?.config?.produces ?? []),
    ];
    const chosen = bestMatch(accept, offered);
    // What does not exist is a 404 or a 405, whatever is acceptable.
    if (!chosen) return request.is404 ? done() : sendProblem(new Problem('not_acceptable'), request, reply);
    if (MESSAGE_PACK_TYPES.includes(chosen)) {
      request.responseFormat = 'msgpack';
      reply.type(MESSAGE_PACK_TYPES[0]!).serializer((value: unknown) => packMessage(value) as never);
    } else if (!chosen.endsWith('json')) request.responseFormat = chosen;
  }
  done();
}
