import { Injectable } from '@nestjs/common';
import type { PageRequest } from '../platform/http/page.js';
import { notFound } from '../problems/problem.js';
import { type Inbox, NotificationsRepository } from './notifications.repository.js';
import type { StreamItem } from './stream-item.js';

/** The inbox of a user. */
@Injectable()
export class NotificationsService {
  constructor(private readonly notifications: NotificationsRepository) {}

  /** Returns a page of notifications, newest first, and how many are unread in all. */
  list(userId: string, unreadOnly: boolean, page: PageRequest): Promise<Inbox> {
    return this.notifications.list(userId, unreadOnly, page);
  }

  /** Marks a notification as read and returns it. @throws Problem not_found */
  async markRead(userId: string, id: string): Promise<StreamItem> {
    const item = await this.notifications.markRead(userId, id);
    if (!item) throw notFound();
    return item;
  }

  /**
   * Marks notifications as read and returns how many were unread.
   * @param upTo the number of the last one; null for all
   */
  markAllRead(userId: string, upTo: number | null): Promise<number> {
    return this.notifications.markAllRead(userId, upTo ?? Number.MAX_SAFE_INTEGER);
  }
}
