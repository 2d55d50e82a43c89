const DAY_MS = 86_400_000;

/** The days of the demo: counted from the Monday of the week in which it is made. */
export class Days {
  private readonly monday: number;

  /** @param now the week of this instant, in UTC */
  constructor(now: Date) {
    const today = Math.floor(now.getTime() / DAY_MS);
    // 1970-01-01 was a Thursday.
    this.monday = today - ((today + 3) % 7);
  }

  /** The date of a day, such as `2026-06-01`; 0 is this week's Monday, -7 that of the week before. */
  date(day: number): string {
    return new Date((this.monday + day) * DAY_MS).toISOString().slice(0, 10);
  }

  /** The wall time of a day, such as `2026-06-01T09:30:00`. */
  at(day: number, time: string): string {
    return `${this.date(day)}T${time}:00`;
  }

  /** The last Friday of the month in which the day is, counted like it. */
  lastFriday(day: number): number {
    const date = new Date((this.monday + day) * DAY_MS);
    const lastOfMonth = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0) / DAY_MS - this.monday;
    return lastOfMonth - ((((lastOfMonth + 3) % 7) + 7) % 7);
  }
}
