import type * as wire from './generated/types.gen.js';
import type { CallOptions } from './http.js';
import type { Pages } from './pages.js';
import { path } from './path.js';
import { type BodyAndOptions, Resource, type WriteOptions, type Written } from './resource.js';
import type { CalendarEvent, EventRef, QueryOf } from './types.js';

type Paged = 'cursor' | 'page' | 'page_size';
/** A version by its number; `current` is the present state. */
export type VersionRef = number | 'current';

/** What an event was: its versions and everything that happened to it. */
export abstract class EventHistory extends Resource {
  /** The versions, newest first. */
  history(
    event: EventRef,
    query?: Omit<QueryOf<wire.ListVersionsData>, Paged>,
    options?: CallOptions,
  ): Pages<wire.HistoryView> {
    return this.pages(path`/api/events/${event}/history`, query, options);
  }

  /** One version, with the content of that time as `snapshot`. */
  version(event: EventRef, version: number, options?: CallOptions): Promise<wire.VersionWithSnapshotView> {
    return this.read(path`/api/events/${event}/history/${version}`, undefined, options);
  }

  /** Everything that happened, changes of members included, oldest first. */
  changelog(
    event: EventRef,
    query?: Omit<QueryOf<wire.ListChangelogData>, Paged>,
    options?: CallOptions,
  ): Pages<wire.ChangelogView> {
    return this.pages(path`/api/events/${event}/changelog`, query, options);
  }

  /** What differs between two versions. */
  diff(event: EventRef, from: VersionRef, to: VersionRef = 'current', options?: CallOptions): Promise<wire.DiffView> {
    return this.read(path`/api/events/${event}/diff/${from}/${to}`, undefined, options);
  }

  /** The same as a text for people. */
  diffText(event: EventRef, from: VersionRef, to: VersionRef = 'current', options?: CallOptions): Promise<string> {
    const target = path`/api/events/${event}/diff/${from}/${to}`;
    return this.call({ method: 'GET', path: target, accept: 'text/plain' }, options);
  }

  /** Writes the content of an old version as a new one, or only some of its `fields`. Options may stand with the body. */
  rollback<const B extends BodyAndOptions<wire.RollbackBody>, const O extends WriteOptions>(
    event: EventRef,
    version: number,
    body: B = {} as B,
    options?: O,
  ): Promise<Written<CalendarEvent, B & O>> {
    return this.writeWith(path`/api/events/${event}/rollback/${version}`, body, options);
  }

  /**
   * Undoes the change that made this version, and keeps later ones.
   *
   * @throws ConveneError `later_changes` when those touched the same fields, with `clashes`
   */
  revert<const B extends BodyAndOptions<wire.RevertBody>, const O extends WriteOptions>(
    event: EventRef,
    version: number,
    body: B = {} as B,
    options?: O,
  ): Promise<Written<CalendarEvent, B & O>> {
    return this.writeWith(path`/api/events/${event}/revert/${version}`, body, options);
  }

  /**
   * Undoes an entry of the changelog by its `position`, changes of members included. Without one, the last entry, which may
   * be an undo itself.
   *
   * @throws ConveneError `later_changes` when later ones touched the same fields, with `clashes`
   */
  async undo<const B extends BodyAndOptions<wire.RevertBody>, const O extends WriteOptions>(
    event: EventRef,
    position?: number,
    body: B = {} as B,
    options?: O,
  ): Promise<Written<wire.UndoChangeResponse, B & O>> {
    const last = position ?? (await this.changelog(event, { order: 'desc', limit: 1 }).page()).items[0]?.position;
    return this.writeWith(path`/api/events/${event}/changelog/${last!}/undo`, body, options);
  }
}
