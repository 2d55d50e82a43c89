import { Readable } from 'node:stream';
import { All, Controller, Req, Res, UseFilters } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppPasswordOnly, Public } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { CALENDAR, XML_TYPES } from '../platform/http/body-formats.js';
import { isNotModified } from '../platform/http/etag.js';
import { notFound, Problem } from '../problems/problem.js';
import { DavErrorFilter, XML_TYPE } from './dav-error.js';
import { DAV_METHODS } from './dav-methods.js';
import { DavService } from './dav.service.js';
import { multistatus } from './multistatus.js';
import { findResource, type Resource, ROOT } from './resources.js';
import type { Xml } from './write-xml.js';

/** CalDAV (RFC 4791), read-only: calendars of phones and desktops. */
@ApiExcludeController()
@Controller()
@UseFilters(DavErrorFilter)
export class DavController {
  constructor(private readonly service: DavService) {}

  /** Leads clients that know only the host to the calendars (RFC 6764 §5). */
  @All('.well-known/caldav')
  @Public()
  @RouteConfig({ consumes: XML_TYPES, cors: false })
  redirect(@Res() reply: FastifyReply): void {
    void reply.redirect(ROOT, 301);
  }

  @All(['dav', 'dav/*'])
  @AppPasswordOnly()
  @RouteConfig({ consumes: [...XML_TYPES, CALENDAR], userBudget: 'reads', cors: false })
  async handle(
    @CurrentActor() actor: Actor,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // Whatever the address: a new event has one that nothing has yet.
    if (!DAV_METHODS.includes(request.method)) this.service.refuseWrite(request);
    const resource = findResource(actor, request.url);
    if (!resource) throw notFound();
    switch (request.method) {
      case 'OPTIONS':
        return void reply.header('allow', DAV_METHODS.join(', ')).status(200).send();
      case 'GET':
      case 'HEAD':
        return this.get(actor, resource, request, reply);
      case 'PROPFIND':
        return sendMultistatus(reply, await this.service.propfind(actor, resource, request));
      case 'REPORT': {
        const answer = await this.service.report(actor, resource, request);
        if (typeof answer !== 'string') return sendMultistatus(reply, answer);
        return void reply.type(`${CALENDAR}; charset=utf-8`).send(answer);
      }
      default:
        return sendMultistatus(reply, await this.service.proppatch(actor, resource, request));
    }
  }

  private async get(actor: Actor, resource: Resource, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (resource.kind !== 'object') {
      const headers = { allow: DAV_METHODS.filter((method) => method !== 'GET' && method !== 'HEAD').join(', ') };
      throw new Problem('method_not_allowed', { headers });
    }
    const { data, etag, entry } = await this.service.read(actor, resource.eventId);
    reply.header('last-modified', entry.stamp.toUTCString()).type(`${CALENDAR}; charset=utf-8; component=vevent`);
    void reply.send(isNotModified(etag, request, reply) ? undefined : data);
  }
}

/** Sends responses as they are made. The first part comes before the status, so that what fails at once is a problem. */
async function sendMultistatus(reply: FastifyReply, responses: AsyncIterable<Xml[]> | Iterable<Xml[]>): Promise<void> {
  const parts = multistatus(responses);
  const first = await parts.next();
  const body = async function* (): AsyncGenerator<string> {
    yield first.value as string;
    yield* parts;
  };
  void reply
    .status(207)
    .type(XML_TYPE)
    .send(Readable.from(body(), { objectMode: false }));
}
