import type * as wire from './generated/types.gen.js';
import { ConveneError } from './errors.js';
import type { CallOptions } from './http.js';
import { path } from './path.js';
import { Resource, type WriteOptions } from './resource.js';
import { sleep } from './retries.js';
import type { EventRef, Input } from './types.js';

const FILE = 'text/calendar';
/** How often an import is asked how far it is. */
const ASK_MS = 500;

export interface ImportOptions extends WriteOptions {
  /** What to do with events at whose time you are busy: `allow` by default. */
  onConflict?: 'allow' | 'reject' | 'skip' | undefined;
  /**
   * Lets the import go on after the response, and is called with how many events of the file are handled; `total` is null
   * until the file is read. Nothing is stored before all are.
   */
  onProgress?: ((progress: { done: number; total: number | null }) => void) | undefined;
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
   * With `onProgress`, a long file needs no long connection.
   *
   * @throws ConveneError `unreadable_calendar` when nothing in the file can be imported; with `onProgress` also
   *   `import_interrupted` when the server stopped: then nothing is stored, and the file can be sent again
   */
  async import(file: string, options: ImportOptions = {}): Promise<wire.ImportView> {
    const { onConflict, dryRun, onProgress, idempotencyKey: key = true, ...rest } = options;
    const query = { on_conflict: onConflict, dry_run: dryRun ? true : undefined };
    const headers = { 'content-type': `${FILE}; charset=utf-8`, prefer: onProgress && 'respond-async' };
    const request = { method: 'POST', path: '/api/calendar/import', query, body: file, headers, key } as const;
    const answer = await this.call<wire.ImportView | wire.ImportJobView>(request, rest);
    return 'state' in answer ? this.finish(answer, onProgress, rest) : answer;
  }

  /** An import that goes on after the response: how far it is, and what it came to. */
  importJob(job: string | { id: string }, options?: CallOptions): Promise<wire.ImportJobView> {
    return this.read<wire.ImportJobView>(path`/api/calendar/imports/${job}`, undefined, options);
  }

  private async finish(
    begun: wire.ImportJobView,
    onProgress: ImportOptions['onProgress'],
    options: CallOptions,
  ): Promise<wire.ImportView> {
    for (let job = begun; ; job = await this.importJob(job, options)) {
      onProgress?.({ done: job.done, total: job.total });
      if (job.report) return job.report;
      if (job.problem) throw new ConveneError(job.problem);
      await sleep(ASK_MS, options.signal);
    }
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
