import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../platform/http/page.js';
import { notFound } from '../platform/http/problem.js';
import { type NotificationRecord, NotificationsRepository } from './notifications.repository.js';

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

  /** Number of the last item of the person's stream; 0 when there is none. */
  lastSeq(userId: string): Promise<number> {
    return this.notifications.lastSeq(userId);
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
