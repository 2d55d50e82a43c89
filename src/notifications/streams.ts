import { Injectable } from '@nestjs/common';
import { Problem } from '../problems/problem.js';
import type { StreamItem, StreamPart, StreamReach } from './stream-item.js';
import { isStored } from './stream-number.js';
import { StreamsRepository } from './streams.repository.js';

/** What follows a number in a stream. */
export interface StreamPage {
  items: StreamItem[];
  /** Number of the last item that was read, and the `after` of the next page. */
  reachedSeq: number;
  hasMore: boolean;
}

/** Reads the streams of users by number. */
@Injectable()
export class Streams {
  constructor(private readonly streams: StreamsRepository) {}

  /**
   * Reads at most `limit` items after a number, oldest first; without a number, from the first item that is stored.
   * @throws Problem resync when items after the number have been pruned
   */
  async readPage(userId: string, after: number | undefined, limit: number): Promise<StreamPage> {
    const [part] = await this.streams.readParts([{ userId, after: after ?? 0 }], limit);
    const { items, lastSeq } = part!;
    // Numbers have no gaps, so missing ones were pruned.
    const firstSeq = items[0]?.seq ?? lastSeq + 1;
    if (after !== undefined && !isStored(after, { firstSeq, lastSeq })) {
      throw new Problem('resync', { members: { after: lastSeq } });
    }
    const reachedSeq = items.at(-1)?.seq ?? lastSeq;
    return { items, reachedSeq, hasMore: reachedSeq < lastSeq };
  }

  /** Reads at most `limitEach` items after each position, in one query. The parts are in the order of the positions. */
  readParts(positions: { userId: string; after: number }[], limitEach: number): Promise<StreamPart[]> {
    return this.streams.readParts(positions, limitEach);
  }

  /** Returns the number of the last item of each stream; users without a stream are left out. */
  listLastSeqs(userIds: string[]): Promise<{ userId: string; lastSeq: number }[]> {
    return this.streams.listLastSeqs(userIds);
  }

  /** Returns the numbers of the first and the last item that can be read. */
  findReach(userId: string): Promise<StreamReach> {
    return this.streams.findReach(userId);
  }
}
