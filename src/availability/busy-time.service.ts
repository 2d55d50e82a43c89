import { Injectable } from '@nestjs/common';
import { BusyTimeRepository } from './busy-time.repository.js';
import { merged } from './free-slots.js';
import { type Interval, occupiedWithin, YEAR_SECONDS } from './occupancy.js';

/** There is more in the window than one answer can hold; a narrower one would do. */
export class TooMuchTime extends Error {}

const MAX_STRETCHES = 50_000;
const MAX_SERIES = 5_000;

/** When people are busy, and nothing about what with: the occupied time of the events that they own. */
@Injectable()
export class BusyTimeService {
  constructor(private readonly busyTime: BusyTimeRepository) {}

  /**
   * Within the window (epoch seconds), in order, merged and clipped to it; an entry for every person. Read from the
   * stored occupancy, and computed from the rules of series where the window lies beyond that.
   * @throws TooMuchTime
   */
  async list(ownerIds: string[], window: Interval): Promise<Map<string, Interval[]>> {
    const stretches = new Map<string, Interval[]>(ownerIds.map((id) => [id, []]));
    // In this order: a series extended in between is then found twice, the other way round not at all.
    const unstored = await this.unstored(ownerIds, window);
    const stored = await this.busyTime.listStored(ownerIds, window, MAX_STRETCHES + 1);
    for (const { ownerId, stretches: found } of stored) {
      stretches.get(ownerId)!.push(...found.map(([start, end]) => ({ start, end })));
    }
    let left = MAX_STRETCHES - stored.reduce((sum, { stretches: found }) => sum + found.length, 0);
    if (left < 0) throw new TooMuchTime();

    for (const { ownerId, content, missing } of unstored) {
      const found = occupiedWithin(content, { from: missing.start, to: missing.end }, left + 1);
      left -= found.length;
      if (left < 0) throw new TooMuchTime();
      stretches.get(ownerId)!.push(...found.map((one) => clipped(one, missing)));
    }
    return new Map([...stretches].map(([id, busy]) => [id, merged(busy)]));
  }

  private async unstored(ownerIds: string[], window: Interval): ReturnType<BusyTimeRepository['listBeyond']> {
    const series = await this.busyTime.listBeyond(ownerIds, window, MAX_SERIES + 1);
    // What happened within a year is stored of every series.
    if (window.start < Date.now() / 1_000 - YEAR_SECONDS) {
      series.push(...(await this.busyTime.listBefore(ownerIds, window, MAX_SERIES + 1)));
    }
    if (series.length > MAX_SERIES) throw new TooMuchTime();
    return series;
  }
}

const clipped = ({ start, end }: Interval, window: Interval): Interval => ({
  start: Math.max(start, window.start),
  end: Math.min(end, window.end),
});
