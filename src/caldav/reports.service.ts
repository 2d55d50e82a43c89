import { Injectable } from '@nestjs/common';
import { Limits } from '../platform/limits/limits.service.js';
import { Problem } from '../problems/problem.js';
import { type CalendarFilter, readFilter } from './calendar-filter.js';
import { type CalendarObject, CalendarObjects } from './calendar-objects.service.js';
import { davError } from './dav-error.js';
import { DavFreeBusy } from './free-busy.service.js';
import { type Answer, missingResponse, resourceResponse, truncatedResponse } from './multistatus.js';
import { childOf, isElement, type XmlElement } from './read-xml.js';
import { findResource, pathsOf, type Resource } from './resources.js';
import { SyncService } from './sync.service.js';
import { CALDAV, DAV, dav, text, type Xml } from './write-xml.js';

const EVERYTHING: CalendarFilter = { window: { from: -Infinity, to: Infinity }, matches: null };
/** Events of a multiget that are read together. */
const PART = 200;
const MAX_NUMBER = 1_000_000_000;

/** What is in a calendar: the lists of PROPFIND, and the reports. */
@Injectable()
export class ReportsService {
  constructor(
    private readonly objects: CalendarObjects,
    private readonly syncing: SyncService,
    private readonly limits: Limits,
    private readonly freeBusy: DavFreeBusy,
  ) {}

  /** Returns the responses for all events of the calendar. @throws Problem rate_limited */
  async list(answer: Answer): Promise<AsyncIterable<Xml[]>> {
    await this.limits.spend('expensive_reads', answer.actor.userId);
    return this.responses(answer, EVERYTHING, false);
  }

  /**
   * Returns the responses of a report, or the file that is the response to a free-busy-query.
   * @throws DavError supported-report for one that this server does not make, or that the resource does not have
   */
  async report(
    resource: Resource,
    report: XmlElement,
    answer: Answer,
  ): Promise<AsyncIterable<Xml[]> | Xml[][] | string> {
    const isCalendar = resource.kind === 'calendar';
    if (isElement(report, CALDAV, 'calendar-multiget') && (isCalendar || resource.kind === 'home')) {
      return this.multiget(report, answer);
    }
    if (isElement(report, CALDAV, 'calendar-query') && isCalendar) {
      const filter = readFilter(report);
      if (!filter) return [];
      await this.limits.spend('expensive_reads', answer.actor.userId);
      return this.responses(answer, filter, true);
    }
    if (isElement(report, DAV, 'sync-collection') && isCalendar) return this.sync(report, answer);
    if (isElement(report, CALDAV, 'free-busy-query') && isCalendar) {
      await this.limits.spend('expensive_reads', answer.actor.userId);
      return this.freeBusy.query(answer.actor, report);
    }
    throw davError(
      'supported-report',
      'A calendar has calendar-query, calendar-multiget, free-busy-query and sync-collection.',
    );
  }

  private async *responses(answer: Answer, filter: CalendarFilter, inReport: boolean): AsyncGenerator<Xml[]> {
    for await (const objects of this.objects.list(answer.actor, filter)) {
      yield objects.map((object) => toResponse(object, answer, inReport));
    }
  }

  private async *multiget(report: XmlElement, answer: Answer): AsyncGenerator<Xml[]> {
    const asked = report.children
      .filter((child) => isElement(child, DAV, 'href'))
      .map((child) => child.text.trim())
      .map((address) => ({ address, resource: findResource(answer.actor, address) }));
    for (let from = 0; from < asked.length; from += PART) {
      const part = asked.slice(from, from + PART);
      const ids = part.flatMap(({ resource }) => (resource?.kind === 'object' ? resource.eventId : []));
      const found = await this.objects.find(answer.actor, [...new Set(ids)]);
      yield part.map(({ address, resource }) => {
        const object = resource?.kind === 'object' ? found.get(resource.eventId) : undefined;
        return object ? toResponse(object, answer, true) : missingResponse(address);
      });
    }
  }

  private async sync(report: XmlElement, answer: Answer): Promise<Xml[][]> {
    const token = childOf(report, DAV, 'sync-token')?.text.trim() ?? '';
    if (token === '') await this.limits.spend('expensive_reads', answer.actor.userId);
    const { objects, removed, ...result } = await this.syncing.sync(answer.actor, token, readLimit(report));
    const path = pathsOf(answer.actor).calendar;
    return [
      objects.map((object) => toResponse(object, answer, true)),
      removed.map(missingResponse),
      result.isTruncated ? [truncatedResponse(path)] : [],
      [dav('sync-token', text(result.token))],
    ];
  }
}

const toResponse = (object: CalendarObject, answer: Answer, inReport: boolean): Xml =>
  resourceResponse(object.path, { kind: 'object', object, inReport }, answer);

/** Returns the number of results that the client wants at most (RFC 6578 §3.7). @throws Problem unreadable_body */
function readLimit(report: XmlElement): number | undefined {
  const limit = childOf(report, DAV, 'limit');
  const wanted = limit && childOf(limit, DAV, 'nresults')?.text.trim();
  if (wanted === undefined) return undefined;
  const number = /^\d{1,9}$/.test(wanted) ? Number(wanted) : 0;
  if (number < 1 || number > MAX_NUMBER) {
    throw new Problem('unreadable_body', { detail: '`nresults` is a number from 1.' });
  }
  return number;
}
