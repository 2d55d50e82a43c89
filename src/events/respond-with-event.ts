import type { FastifyReply, FastifyRequest } from 'fastify';
import { isNotModified, versionTag } from '../platform/http/etag.js';
import type { EventWithMembers } from './event-record.js';
import type { EventView } from './event-view.js';
import { eventView, notesView } from './to-event-view.js';

/** Sets the ETag of an event that was written, and returns its response body. A read of the event gives the same tag. */
export function respondWithEvent(
  { record, members, notes, mergedOver }: EventWithMembers,
  reply: FastifyReply,
): EventView {
  const view = eventView(record, members);
  reply.header('etag', versionTag(record.event.version, JSON.stringify(view), reply.request.responseFormat));
  if (mergedOver) reply.header('convene-merged', `${mergedOver.from}..${mergedOver.to}`);
  return { ...view, ...notesView(notes) };
}

/** Sets the ETag of an event that was read, and returns its response body, or none if the client has the same already. */
export function sendEvent(
  { record, members }: EventWithMembers,
  request: FastifyRequest,
  reply: FastifyReply,
): EventView | string | undefined {
  const view = eventView(record, members);
  const text = JSON.stringify(view);
  if (isNotModified(versionTag(record.event.version, text, request.responseFormat), request, reply)) return undefined;
  if (request.responseFormat !== 'json') return view;
  reply.type('application/json; charset=utf-8');
  return text;
}
