import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Config } from '../platform/config/config.js';
import type { Actor } from '../platform/http/actor.js';
import { notVisible, Problem } from '../problems/problem.js';
import { type CalendarObject, CalendarObjects } from './calendar-objects.service.js';
import { DavError, davError } from './dav-error.js';
import { type Answer, refusedProperties, resourceResponse } from './multistatus.js';
import { readPropertyRequest, readPropertyUpdate } from './property-request.js';
import { isElement, readXml, type XmlElement } from './read-xml.js';
import { ReportsService } from './reports.service.js';
import { type Collection, pathOfEvent, pathsOf, type Resource } from './resources.js';
import { SyncService } from './sync.service.js';
import { DAV, dav, href, type Xml } from './write-xml.js';

/** More than a multiget of the largest size has. */
const MAX_ELEMENTS = 20_000;
/** What is in a collection besides events. */
const CHILDREN: Partial<Record<Collection, Collection>> = { root: 'principal', home: 'calendar' };

/** Answers the requests of WebDAV for one person. */
@Injectable()
export class DavService {
  constructor(
    private readonly objects: CalendarObjects,
    private readonly reports: ReportsService,
    private readonly syncing: SyncService,
    private readonly config: Config,
  ) {}

  /** Returns an event. @throws Problem not_found */
  async read(actor: Actor, eventId: string): Promise<CalendarObject> {
    const object = (await this.objects.find(actor, [eventId])).get(eventId);
    if (!object) throw notVisible();
    return object;
  }

  /**
   * Returns the properties of a resource and, with depth 1, of what is in it (RFC 4918 §9.1).
   * @throws DavError propfind-finite-depth; Problem not_found
   */
  async propfind(actor: Actor, resource: Resource, request: FastifyRequest): Promise<AsyncIterable<Xml[]> | Xml[][]> {
    const { depth } = request.headers;
    // RFC 4918 §10.2: without the header, everything below is meant.
    if (depth !== '0' && depth !== '1') throw davError('propfind-finite-depth', 'Send `Depth: 0` or `Depth: 1`.');
    const body = await this.readBody(request);
    if (body && !isElement(body, DAV, 'propfind')) throw unexpected('propfind');
    const answer = toAnswer(actor, request, body);
    if (resource.kind === 'object') {
      const object = await this.read(actor, resource.eventId);
      return [[resourceResponse(object.path, { kind: 'object', object, inReport: false }, answer)]];
    }
    const own = await this.describe(resource.kind, answer);
    if (depth === '0') return [[own]];
    if (resource.kind === 'calendar') return after([own], await this.reports.list(answer));
    const child = CHILDREN[resource.kind];
    return [[own, ...(child ? [await this.describe(child, answer)] : [])]];
  }

  /** Returns the responses of a report (RFC 3253 §3.6), or the file that is the response. @throws DavError, Problem unreadable_body */
  async report(
    actor: Actor,
    resource: Resource,
    request: FastifyRequest,
  ): Promise<AsyncIterable<Xml[]> | Xml[][] | string> {
    const body = await this.readBody(request);
    if (!body) throw new Problem('unreadable_body', { detail: 'Send a report as XML.' });
    return this.reports.report(resource, body, toAnswer(actor, request, body));
  }

  /** Returns a refusal for each property that was to be changed. @throws Problem unreadable_body, not_found */
  async proppatch(actor: Actor, resource: Resource, request: FastifyRequest): Promise<Xml[][]> {
    const names = readPropertyUpdate(await this.readBody(request));
    if (resource.kind === 'object') await this.read(actor, resource.eventId);
    const path = resource.kind === 'object' ? pathOfEvent(actor, resource.eventId) : pathsOf(actor)[resource.kind];
    return [[refusedProperties(path, names)]];
  }

  /** @throws DavError need-privileges (RFC 3744 §7.1.1) */
  refuseWrite({ url }: FastifyRequest): never {
    const missing = dav('resource', href(url.split('?')[0]!), dav('privilege', dav('write')));
    throw new DavError(
      dav('need-privileges', missing),
      'Calendars can only be read over CalDAV for now; writing will come later. Change events in Convene.',
    );
  }

  private async describe(kind: Collection, answer: Answer): Promise<Xml> {
    const resource = kind === 'calendar' ? { kind, token: await this.syncing.currentToken(answer.actor) } : { kind };
    return resourceResponse(pathsOf(answer.actor)[kind], resource, answer);
  }

  private async readBody({ body }: FastifyRequest): Promise<XmlElement | null> {
    if (!Buffer.isBuffer(body) || body.length === 0) return null;
    const { bodyLimitBytes: bytes, maxNesting: nesting } = this.config.values;
    return readXml(body, { bytes, nesting, elements: MAX_ELEMENTS });
  }
}

const toAnswer = (actor: Actor, { headers }: FastifyRequest, body: XmlElement | null): Answer => ({
  actor,
  request: readPropertyRequest(body),
  isMinimal: /\breturn\s*=\s*"?minimal\b/i.test(String(headers['prefer'] ?? '')) || headers['brief'] === 't',
});

async function* after(first: Xml[], rest: AsyncIterable<Xml[]>): AsyncGenerator<Xml[]> {
  // Together with the first of the rest, so that a list that fails at once is refused as a whole.
  let before = first;
  for await (const part of rest) {
    yield [...before, ...part];
    before = [];
  }
}

const unexpected = (name: string): Problem => new Problem('unreadable_body', { detail: `Send a ${name} element.` });
