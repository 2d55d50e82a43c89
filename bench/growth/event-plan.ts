import type { SimulatedPerson } from './people.js';

/** When and for whom an event is created, and the times that it has in the end. */
export interface EventPlan extends PlannedTimes {
  owner: SimulatedPerson;
  /** Milliseconds. */
  createdAt: number;
}

/** Times in the zone of the owner. */
export interface PlannedTimes {
  /** Calendar day. */
  day: number;
  /** Minute of the day at which it starts; 0 for an all-day event. */
  minute: number;
  /** Minutes; a multiple of a day for an all-day event. */
  duration: number;
  allDay: boolean;
  rrule: string | null;
  /** True when no other event of the owner is planned at that time. */
  exclusive: boolean;
}
