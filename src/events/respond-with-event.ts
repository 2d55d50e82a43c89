import type { FastifyReply } from 'fastify';
import { versionTag } from '../platform/http/etag.js';
import { type EventView, eventView, notesView } from './event-view.js';
import type { EventWithMembers } from './event-record.js';

/** Sets the ETag of an event, and returns its response body. */
export function respondWithEvent(
  { record, members, notes, mergedOver }: EventWithMembers,
  reply: FastifyReply,
): EventView {
  reply.header('etag', versionTag(record.event.version));
  if (mergedOver) reply.header('convene-merged', `${mergedOver.from}..${mergedOver.to}`);
  return { ...eventView(record, members), ...notesView(notes) };
}
