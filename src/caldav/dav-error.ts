import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.js';
import { CALDAV, dav, documentStart, element, DAV, NAMESPACES, text, type Xml } from './write-xml.js';

export const XML_TYPE = 'application/xml; charset=utf-8';

/** A 403 that names the condition which the request did not meet (RFC 4918 §16), as XML. */
export class DavError extends Problem {
  constructor(
    readonly condition: Xml,
    detail: string,
  ) {
    super('forbidden', { detail, byRight: false });
  }
}

/** Returns a refusal by a condition of DAV. */
export const davError = (name: string, detail: string): DavError => new DavError(dav(name), detail);

/** Returns a refusal by a condition of CalDAV. */
export const caldavError = (name: string, detail: string): DavError => new DavError(element(CALDAV, name), detail);

/** Sends a `DavError` as XML. All other problems are documents, as everywhere. */
@Catch(DavError)
export class DavErrorFilter implements ExceptionFilter {
  catch({ status, condition, message }: DavError, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { raw } = host.switchToHttp().getRequest<FastifyRequest>();
    const body = element(DAV, 'error', [condition, dav('responsedescription', text(message))], NAMESPACES);
    void reply
      .status(status)
      .type(XML_TYPE)
      .send(raw.method === 'HEAD' ? undefined : documentStart + body);
  }
}
