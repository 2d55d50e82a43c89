import type { FastifyReply } from 'fastify';
import { versionTag } from '../platform/http/etag.js';
import { type EventView, eventView, notesView } from './event-view.js';
import type { EventWithPeople } from './events.service.js';

/** The event as an answer, under its entity tag. */
export function taggedEvent({ record, people, notes, mergedOver }: EventWithPeople, reply: FastifyReply): EventView {
  reply.header('etag', versionTag(record.event.version));
  if (mergedOver) reply.header('convene-merged', `${mergedOver.from}..${mergedOver.to}`);
  return { ...eventView(record, people), ...notesView(notes) };
}
