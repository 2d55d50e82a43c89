import type * as wire from './generated/types.gen.js';
import type { CallOptions } from './http.js';
import type { Pages } from './pages.js';
import { path } from './path.js';
import { Resource } from './resource.js';
import type { Change, Input, QueryOf } from './types.js';

type Paged = 'cursor' | 'page' | 'page_size';

/** Your inbox, and your stream. */
export class Notifications extends Resource {
  /** Newest first. `(await list().page()).unread_count` is how many are unread. */
  list(query?: Omit<QueryOf<wire.ListNotificationsData>, Paged>, options?: CallOptions): Pages<wire.NotificationsView> {
    return this.pages('/api/notifications', query, options);
  }

  /** Marks one as read. */
  markRead(notification: string | { id: string }, options?: CallOptions): Promise<Change> {
    const target = path`/api/notifications/${notification}/read`;
    return this.call({ method: 'POST', path: target, repeatable: true }, options);
  }

  /** Marks all as read, or those up to a number. */
  markAllRead(body: Input<wire.ReadAllBody> = {}, options?: CallOptions): Promise<wire.ReadAllView> {
    return this.call({ method: 'POST', path: '/api/notifications/read-all', body, repeatable: true }, options);
  }

  /** Items of your stream after a number, oldest first. `convene.live` does this by itself. */
  changes(query?: QueryOf<wire.ListChangesData>, options?: CallOptions): Promise<wire.ChangesView> {
    return this.read('/api/changes', query, options);
  }
}

/** What you did, and what happened to you; of everybody for an administrator. */
export class Audit extends Resource {
  /** Newest first. */
  list(query?: Omit<QueryOf<wire.ListAuditData>, Paged>, options?: CallOptions): Pages<wire.AuditView> {
    return this.pages('/api/audit', query, options);
  }
}
