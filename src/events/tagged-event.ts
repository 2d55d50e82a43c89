import type { FastifyReply } from 'fastify';
import { versionTag } from '../platform/http/etag.js';
import { type EventView, eventView } from './event-view.js';
import type { EventWithPeople } from './events.service.js';

/** The event as an answer, under its entity tag. */
export function taggedEvent({ record, people }: EventWithPeople, reply: FastifyReply): EventView {
  reply.header('etag', versionTag(record.event.version));
  return eventView(record, people);
}
