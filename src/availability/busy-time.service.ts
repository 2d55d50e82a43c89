import { Injectable } from '@nestjs/common';
import type { Queryable } from '../platform/database/database.js';
import { BusyTimeRepository } from './busy-time.repository.js';
import { mergeIntervals } from './free-slots.js';
import { type Interval, findOccupied, YEAR_SECONDS } from './occupancy.js';

/** The window contains more busy time than one response can. A narrower window may work. */
export class TooMuchBusyTime extends Error {}

const MAX_INTERVALS = 50_000;
const MAX_SERIES = 5_000;

/** Reads when people are busy: the time that the events which they own occupy, without the events. */
@Injectable()
export class BusyTimeService {
  constructor(private readonly busyTime: BusyTimeRepository) {}

  /**
   * Returns the busy time of each person within the window (epoch seconds), in order, merged and clipped to the window.
   * Reads the stored occupancy, and computes that of series where the window extends beyond it.
   * @param snapshot of one moment: a series that changed between the two reads might be in neither
   * @throws TooMuchBusyTime
   */
  async list(snapshot: Queryable, ownerIds: string[], window: Interval): Promise<Map<string, Interval[]>> {
    const intervals = new Map<string, Interval[]>(ownerIds.map((id) => [id, []]));
    const [unstored, stored] = await Promise.all([
      this.listUnstored(snapshot, ownerIds, window),
      this.busyTime.listStored(snapshot, ownerIds, window, MAX_INTERVALS + 1),
    ]);
    for (const { ownerId, intervals: found } of stored) {
      intervals.get(ownerId)!.push(...found);
    }
    let left = MAX_INTERVALS - stored.reduce((sum, { intervals: found }) => sum + found.length, 0);
    if (left < 0) throw new TooMuchBusyTime();

    for (const { ownerId, content, missing } of unstored) {
      const found = findOccupied(content, { from: missing.start, to: missing.end }, left + 1);
      left -= found.length;
      if (left < 0) throw new TooMuchBusyTime();
      intervals.get(ownerId)!.push(...found.map((one) => clip(one, missing)));
    }
    return new Map([...intervals].map(([id, busy]) => [id, mergeIntervals(busy)]));
  }

  private async listUnstored(
    queries: Queryable,
    ownerIds: string[],
    window: Interval,
  ): ReturnType<BusyTimeRepository['listBeyond']> {
    const series = await this.busyTime.listBeyond(queries, ownerIds, window, MAX_SERIES + 1);
    // The occupancy of the past year is stored for every series.
    if (window.start < Date.now() / 1_000 - YEAR_SECONDS) {
      series.push(...(await this.busyTime.listBefore(queries, ownerIds, window, MAX_SERIES + 1)));
    }
    if (series.length > MAX_SERIES) throw new TooMuchBusyTime();
    return series;
  }
}

const clip = ({ start, end }: Interval, window: Interval): Interval => ({
  start: Math.max(start, window.start),
  end: Math.min(end, window.end),
});
