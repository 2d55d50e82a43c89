import type { EventPlan, PlannedTimes } from './event-plan.js';
import type { SimulatedPerson } from './people.js';

const ALL_DAY = 1;
const EXCLUSIVE = 2;

/** Millions of plans in typed arrays: as objects, the garbage collector would visit them over and over. */
export class EventPlans {
  private length = 0;
  private readonly createdAt: Float64Array;
  private readonly owners: Uint32Array;
  private readonly days: Int32Array;
  private readonly minutes: Uint16Array;
  private readonly durations: Uint32Array;
  private readonly flags: Uint8Array;
  private readonly rules = new Map<number, string>();

  /** @param capacity the number of plans */
  constructor(
    private readonly people: SimulatedPerson[],
    capacity: number,
  ) {
    this.createdAt = new Float64Array(capacity);
    this.owners = new Uint32Array(capacity);
    this.days = new Int32Array(capacity);
    this.minutes = new Uint16Array(capacity);
    this.durations = new Uint32Array(capacity);
    this.flags = new Uint8Array(capacity);
  }

  /**
   * @param owner place of the owner in the list of people
   * @param createdAt milliseconds
   */
  add(owner: number, { day, minute, duration, allDay, rrule, exclusive }: PlannedTimes, createdAt: number): void {
    const place = this.length;
    this.length += 1;
    this.createdAt[place] = createdAt;
    this.owners[place] = owner;
    this.days[place] = day;
    this.minutes[place] = minute;
    this.durations[place] = duration;
    this.flags[place] = (allDay ? ALL_DAY : 0) | (exclusive ? EXCLUSIVE : 0);
    if (rrule !== null) this.rules.set(place, rrule);
  }

  /** Yields the plans in the order of their creation. */
  *inOrder(): Generator<EventPlan> {
    const places = Uint32Array.from({ length: this.length }, (_, place) => place);
    for (const place of places.sort((a, b) => this.createdAt[a]! - this.createdAt[b]!)) {
      const flags = this.flags[place]!;
      yield {
        createdAt: this.createdAt[place]!,
        owner: this.people[this.owners[place]!]!,
        day: this.days[place]!,
        minute: this.minutes[place]!,
        duration: this.durations[place]!,
        allDay: (flags & ALL_DAY) !== 0,
        rrule: this.rules.get(place) ?? null,
        exclusive: (flags & EXCLUSIVE) !== 0,
      };
    }
  }
}
