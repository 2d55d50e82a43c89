import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../platform/http/page.js';
import { notFound, Problem } from '../problems/problem.js';
import { type NotificationRecord, NotificationsRepository, type StreamPart } from './notifications.repository.js';
import { isKept } from './stream-number.js';

/** A person's inbox. */
@Injectable()
export class NotificationsService {
  constructor(private readonly notifications: NotificationsRepository) {}

  list(userId: string, unreadOnly: boolean, page: PageRequest): Promise<Page<NotificationRecord>> {
    return this.notifications.list(userId, unreadOnly, page);
  }

  unreadCount(userId: string): Promise<number> {
    return this.notifications.count(userId, true);
  }

  /**
   * What follows a number (everything that is kept, without one), oldest first. `reaches`: number of the last item that
   * was looked at. @throws Problem resync
   */
  async listAfter(userId: string, after: number | undefined, limit: number): Promise<StreamPart & { reaches: number }> {
    const from = after ?? 0;
    const [part] = await this.notifications.listAfter([{ userId, after: from }], limit);
    const { items, lastSeq } = part!;
    const first = items[0]?.seq ?? lastSeq + 1;
    // Numbers have no gaps: if some are missing, they were pruned.
    if (after !== undefined && !isKept(after, first, lastSeq)) {
      throw new Problem('resync', { members: { after: lastSeq } });
    }
    return { ...part!, reaches: items.at(-1)?.seq ?? lastSeq };
  }

  /** @throws Problem not_found */
  async read(userId: string, id: string): Promise<NotificationRecord> {
    const item = await this.notifications.markRead(userId, id);
    if (!item) throw notFound();
    return item;
  }

  readAll(userId: string): Promise<number> {
    return this.notifications.markAllRead(userId);
  }
}
