import type * as wire from './generated/types.gen.js';
import type { CallOptions } from './http.js';
import { path, Resource, type WriteOptions } from './resource.js';
import type { EventRef } from './types.js';

const FILE = 'text/calendar';

export interface ImportOptions extends WriteOptions {
  /** What to do with events at whose time you are busy: `allow` by default. */
  onConflict?: 'allow' | 'reject' | 'skip' | undefined;
}

/** iCalendar files (RFC 5545), in and out. */
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
}
