import { Injectable } from '@nestjs/common';
import { BusyTimeService, TooMuchBusyTime } from '../availability/busy-time.service.js';
import { joinLines } from '../calendar/write-lines.js';
import { Database } from '../platform/database/database.js';
import type { Actor } from '../platform/http/actor.js';
import { formatICalendarTime, localOf } from '../time/local-time.js';
import { readTimeRange } from './calendar-filter.js';
import { caldavError, davError } from './dav-error.js';
import { childOf, type XmlElement } from './read-xml.js';
import { CALDAV } from './write-xml.js';

/** Of one line, which is folded. */
const PERIODS_PER_LINE = 20;

/** Says when a person is busy, as `GET /api/free-busy` does. */
@Injectable()
export class DavFreeBusy {
  constructor(
    private readonly database: Database,
    private readonly busyTime: BusyTimeService,
  ) {}

  /**
   * Returns the busy time that a free-busy-query asks for, as a file (RFC 4791 §7.10).
   * @throws DavError valid-filter, number-of-matches-within-limits
   */
  async query(actor: Actor, query: XmlElement): Promise<string> {
    const range = childOf(query, CALDAV, 'time-range');
    const { from: start, to: end } = range ? readTimeRange(range) : { from: -Infinity, to: Infinity };
    if (!Number.isFinite(start) || !Number.isFinite(end)) {
      throw caldavError('valid-filter', 'A free-busy-query has a time-range with a start and an end.');
    }
    const periods = (await this.read(actor, { start, end })).map((one) => `${utc(one.start)}/${utc(one.end)}`);
    const lines: string[] = [];
    for (let from = 0; from < periods.length; from += PERIODS_PER_LINE) {
      lines.push(`FREEBUSY:${periods.slice(from, from + PERIODS_PER_LINE).join()}`);
    }
    return joinLines([
      ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Convene//Convene//EN', 'BEGIN:VFREEBUSY'],
      `UID:busy-${actor.userId}@convene`,
      `DTSTAMP:${utc(Math.floor(Date.now() / 1_000))}`,
      `DTSTART:${utc(start)}`,
      `DTEND:${utc(end)}`,
      ...lines,
      ...['END:VFREEBUSY', 'END:VCALENDAR'],
    ]);
  }

  private async read(
    { userId }: Actor,
    window: { start: number; end: number },
  ): Promise<{ start: number; end: number }[]> {
    try {
      const busy = await this.database.inSnapshot((queries) => this.busyTime.list(queries, [userId], window));
      return busy.get(userId)!;
    } catch (error) {
      if (!(error instanceof TooMuchBusyTime)) throw error;
      throw davError('number-of-matches-within-limits', 'There is too much busy time in this range.');
    }
  }
}

const utc = (epochSecond: number): string => `${formatICalendarTime(localOf(epochSecond))}Z`;
