import type { EventContent } from '../content/event-content.js';
import { applySeries, seriesOf } from '../content/series.js';

/** An event that is to occupy its owner's time. */
export interface Booking {
  eventId: string;
  ownerId: string;
  /** IANA name; null when neither content lasts all day, so that nobody asked for it. */
  ownerZone: string | null;
  /** The event as it is stored. */
  stored: EventContent;
  /** The same, as it occupies time: an all-day event takes up its dates in its owner's zone. */
  content: EventContent;
  /** What already occupied the time before the change: conflicts in that time are not new and do not refuse it. */
  before?: EventContent;
  /** Start of the horizon in epoch seconds; the current time when absent. */
  now?: number;
  /** Pointer to the event in a request body with several events. */
  pointer?: string;
}

/** What a booking is made of: its contents are as they are stored. */
export type BookingRequest = Omit<Booking, 'ownerZone' | 'stored'>;

/**
 * Returns the content as it occupies its owner's time. The dates of an all-day event are the same for every reader, so that
 * its owner is busy on these dates where the owner is, whatever zone the event has; any other event is at its instants. Pure.
 * @param zone the owner's, an IANA name; null only for an event that does not last all day
 */
export function inOwnersZone(content: EventContent, zone: string | null): EventContent {
  if (!content.allDay) return content;
  if (zone === null) throw new Error('The time of an all-day event is that of its owner, whose zone is not known');
  return zone === content.timeZone ? content : applySeries(content, { ...seriesOf(content), zone });
}

/** Returns the booking of an event in its owner's time. Pure. @param ownerZone as in `Booking` */
export function createBooking({ content, before, ...request }: BookingRequest, ownerZone: string | null): Booking {
  const occupying = (stored: EventContent): EventContent => inOwnersZone(stored, ownerZone);
  return {
    ...request,
    ownerZone,
    stored: content,
    content: occupying(content),
    ...(before ? { before: occupying(before) } : {}),
  };
}

/** Returns the booking with other content, as it is stored. Pure. */
export function withContent(booking: Booking, stored: EventContent): Booking {
  if (stored === booking.stored) return booking;
  return { ...booking, stored, content: inOwnersZone(stored, booking.ownerZone) };
}
