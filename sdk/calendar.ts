import type * as wire from './generated/types.gen.js';
import type { CallOptions } from './http.js';
import { path, Resource, type WriteOptions } from './resource.js';
import type { EventRef, Input } from './types.js';

const FILE = 'text/calendar';

export interface ImportOptions extends WriteOptions {
  /** What to do with events at whose time you are busy: `allow` by default. */
  onConflict?: 'allow' | 'reject' | 'skip' | undefined;
}

/** A feed: `url` is its secret link, which no other call returns. */
export type FeedWithLink = wire.FeedWithLinkView;

/** iCalendar files (RFC 5545), in and out, and secret links to which calendar applications subscribe. */
export class Calendar extends Resource {
  /** An event as a file. */
  exportEvent(event: EventRef, options?: CallOptions): Promise<string> {
    return this.call({ method: 'GET', path: path`/api/events/${event}.ics`, accept: FILE }, options);
  }

  /** All events that you see, as one file. */
  export(options?: CallOptions): Promise<string> {
    return this.call({ method: 'GET', path: '/api/calendar.ics', accept: FILE }, options);
  }

  /**
   * Stores the events of a file. Resolves to what was imported and what was not, with `dryRun` to what would be.
   *
   * @throws ConveneError `unreadable_calendar` when nothing in the file can be imported
   */
  import(file: string, options: ImportOptions = {}): Promise<wire.ImportView> {
    const { onConflict, dryRun, idempotencyKey: key = true, ...rest } = options;
    const query = { on_conflict: onConflict, dry_run: dryRun ? true : undefined };
    const headers = { 'content-type': `${FILE}; charset=utf-8` };
    return this.call({ method: 'POST', path: '/api/calendar/import', query, body: file, headers, key }, rest);
  }

  /** Your feeds, without their links. */
  async feeds(options?: CallOptions): Promise<wire.FeedView[]> {
    return (await this.read<wire.FeedsView>('/api/calendar/feed', undefined, options)).items;
  }

  /**
   * Makes a feed: of all events that you see, of when you are `busy`, or of the events on which you have a `role`. Everybody
   * who has its link can read it.
   */
  makeFeed(feed: Input<wire.MakeFeedBody> = {}, options?: CallOptions): Promise<FeedWithLink> {
    return this.call({ method: 'POST', path: '/api/calendar/feed', body: feed }, options);
  }

  /** Replaces the link of a feed. The old one is dead at once. */
  rotateFeed(feed: string | { id: string }, options?: CallOptions): Promise<FeedWithLink> {
    return this.call({ method: 'POST', path: path`/api/calendar/feed/${feed}/rotate` }, options);
  }

  /** Ends a feed. */
  revokeFeed(feed: string | { id: string }, options?: CallOptions): Promise<void> {
    return this.call({ method: 'DELETE', path: path`/api/calendar/feed/${feed}` }, options);
  }

  /** Ends all your feeds. */
  revokeFeeds(options?: CallOptions): Promise<void> {
    return this.call({ method: 'DELETE', path: '/api/calendar/feed' }, options);
  }
}
