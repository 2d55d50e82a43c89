import { EventHistory } from './event-history.js';
import type * as wire from './generated/types.gen.js';
import type { CallOptions } from './http.js';
import type { Pages } from './pages.js';
import { path } from './path.js';
import type { BodyAndOptions, WriteOptions, Written } from './resource.js';
import type { CalendarEvent, EventRef, Input, QueryOf } from './types.js';

export type EventInput = Input<wire.CreateEventBody>;
export type EventChanges = Input<wire.UpdateEventBody>;
export type EventQuery = Omit<QueryOf<wire.ListEventsData>, 'cursor' | 'page' | 'page_size'>;
export type OccurrenceQuery = Omit<QueryOf<wire.ListOccurrencesData>, 'cursor' | 'page' | 'page_size'>;
/** A person to share with, by `user_id`, `username` or `email`, and the role. */
export type ShareInput = Input<wire.ShareEntry>;

/** A write that is based on what the caller has read. */
export interface EditOptions extends WriteOptions {
  /**
   * The version or entity tag that the change is based on. By default the version of the event, if the call was given an
   * event and not an id. `false` applies the change to the current version, whatever it is.
   */
  ifMatch?: string | number | false | undefined;
  /** Of a series: the original start of the occurrence to change. That of the item, for an item of an expanded list. */
  occurrence?: string | Date | undefined;
  /** With `occurrence`: `this` one (the default), this and the `following` ones, or `all`. */
  scope?: wire.Scope | undefined;
}

export interface UpdateOptions extends EditOptions {
  /** Refuses a change that is based on an older version (412), instead of merging it with what has changed since. */
  strict?: boolean | undefined;
}

/** Events: what they are, who is on them, and their history. */
export class Events extends EventHistory {
  /** Creates an event of yours. @throws ConveneError `event_conflict` when you are busy at that time */
  create<const O extends WriteOptions>(event: EventInput, options?: O): Promise<Written<CalendarEvent, O>> {
    return this.write({ method: 'POST', path: '/api/events', body: event }, options);
  }

  /** Creates all of the events or none. @throws ConveneError with a pointer for each value that is not valid */
  batch<const O extends WriteOptions>(events: EventInput[], options?: O): Promise<Written<wire.CreatedEventsView, O>> {
    return this.write({ method: 'POST', path: '/api/events/batch', body: { events } }, options);
  }

  /** The events that you can see, by start. With `expand: true`, one item per occurrence. */
  list(query?: EventQuery, options?: CallOptions): Pages<wire.EventsView> {
    return this.pages('/api/events', query, options);
  }

  get(event: EventRef, query?: QueryOf<wire.GetEventData>, options?: CallOptions): Promise<CalendarEvent> {
    return this.read(path`/api/events/${event}`, query, options);
  }

  /**
   * Changes the members that are given; null clears one. Given the event itself, the change is based on its version: what
   * others changed since is kept, and `responseOf(result).merged` says so. Given an item of an expanded list, it changes
   * that occurrence; `scope` extends it to the following ones or to all.
   *
   * @throws ConveneError `stale_version` when others changed the same fields since, with `clashes`
   */
  update<const O extends UpdateOptions>(
    event: EventRef,
    changes: EventChanges,
    options?: O,
  ): Promise<Written<CalendarEvent, O>> {
    const { strict, ...rest } = { ...options } as O;
    const prefer = strict ? 'handling=strict' : undefined;
    return this.edit('PUT', event, rest as unknown as O, changes, { prefer });
  }

  /**
   * Moves the event to the trash, or removes occurrences of a series: of an item of an expanded list, that one. Given the
   * event itself, only if it is unchanged.
   */
  delete<const O extends EditOptions>(event: EventRef, options?: O): Promise<Written<undefined, O>> {
    return this.edit('DELETE', event, options);
  }

  /** Takes the event back out of the trash. Options may stand with the body. */
  restore<const B extends BodyAndOptions<wire.RestoreEventBody>, const O extends WriteOptions>(
    event: EventRef,
    body: B = {} as B,
    options?: O,
  ): Promise<Written<CalendarEvent, B & O>> {
    return this.writeWith(path`/api/events/${event}/restore`, body, options);
  }

  /** The dates of a series that overlap the time from `from` to `to`. */
  occurrences(event: EventRef, query: OccurrenceQuery, options?: CallOptions): Pages<wire.OccurrencesView> {
    return this.pages(path`/api/events/${event}/occurrences`, query, options);
  }

  /** Who would be busy, if this was an event. Stores nothing. */
  checkConflicts(event: Input<wire.CheckConflictsBody>, options?: CallOptions): Promise<wire.ConflictCheckView> {
    const request = { method: 'POST', path: '/api/events/check-conflicts', body: event, repeatable: true } as const;
    return this.call(request, options);
  }

  /** Gives people a role, and invites e-mail addresses. All or nothing. Resolves to the members and these invitations. */
  share<const O extends WriteOptions>(
    event: EventRef,
    people: ShareInput | ShareInput[],
    options?: O,
  ): Promise<Written<wire.SharedView, O>> {
    const body = { users: Array.isArray(people) ? people : [people] };
    return this.write({ method: 'POST', path: path`/api/events/${event}/share`, body }, options);
  }

  /** The members, owner first. */
  permissions(
    event: EventRef,
    query?: QueryOf<wire.ListPermissionsData>,
    options?: CallOptions,
  ): Promise<wire.PermissionsView> {
    return this.read(path`/api/events/${event}/permissions`, query, options);
  }

  /** Changes the role of a member. `owner` transfers the ownership. */
  changeRole<const O extends WriteOptions>(
    event: EventRef,
    userId: string,
    role: wire.Role,
    options?: O,
  ): Promise<Written<wire.ChangeRoleResponse, O>> {
    const target = path`/api/events/${event}/permissions/${userId}`;
    return this.write({ method: 'PUT', path: target, body: { role } }, options);
  }

  /** Ends the access of a member; with your own id, you leave the event. */
  revoke<const O extends WriteOptions>(event: EventRef, userId: string, options?: O): Promise<Written<undefined, O>> {
    return this.write({ method: 'DELETE', path: path`/api/events/${event}/permissions/${userId}` }, options);
  }

  /** The e-mail addresses that are invited to the event. Only its owner sees them. */
  invitations(event: EventRef, options?: CallOptions): Promise<wire.InvitationsView> {
    return this.read(path`/api/events/${event}/invitations`, undefined, options);
  }

  /** Ends an invitation: its link gives nobody a role any more. */
  revokeInvitation<const O extends WriteOptions>(
    event: EventRef,
    invitation: string | { id: string },
    options?: O,
  ): Promise<Written<undefined, O>> {
    return this.write({ method: 'DELETE', path: path`/api/events/${event}/invitations/${invitation}` }, options);
  }

  private edit<Answer, O extends EditOptions>(
    method: 'PUT' | 'DELETE',
    event: EventRef,
    options: O | undefined,
    body?: object,
    headers: Record<string, string | undefined> = {},
  ): Promise<Written<Answer, O>> {
    const { ifMatch, occurrence = occurrenceOf(event), scope, ...rest } = { ...options } as O;
    return this.write<Answer, O>(
      {
        method,
        path: path`/api/events/${event}`,
        query: { occurrence, scope },
        body,
        headers: { ...headers, 'if-match': toEntityTag(ifMatch ?? versionOf(event)) },
      },
      rest as unknown as O,
    );
  }
}

/** An item of a list with `expand` is one occurrence: what is done to it is not done to the others. */
function occurrenceOf(event: EventRef): string | undefined {
  const { is_recurring: isRecurring, occurrence } = Object(event) as Partial<wire.EventItemView>;
  return isRecurring ? occurrence?.original_start : undefined;
}

function versionOf(event: EventRef): number | false {
  const { version } = Object(event) as { version?: number };
  return version ?? false;
}

function toEntityTag(base: string | number | false): string | undefined {
  if (base === false) return undefined;
  return typeof base === 'string' && /^(W\/)?"|^\*$/.test(base) ? base : `"${base}"`;
}
