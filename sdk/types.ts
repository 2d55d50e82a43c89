import type * as wire from './generated/types.gen.js';

/** Members that are times: instants, wall times or dates. A `Date` is sent as an instant. */
type TimeName =
  'as_of' | 'end_date' | 'end_time' | 'from' | 'occurrence' | 'start_date' | 'start_time' | 'to' | 'updated_since';

/** What a caller may pass for a body or a query: also `Date` for times, and `undefined` for what is optional. */
export type Input<T> = T extends readonly unknown[]
  ? T
  : {
      [K in keyof T]: T[K] | (K extends TimeName ? Date : never) | (object extends Pick<T, K> ? undefined : never);
    };

/** The query of an operation. */
export type QueryOf<Data extends { query?: unknown }> = Input<NonNullable<Data['query']>>;

/** What identifies an event: the event itself, or its id. */
export type EventRef = string | { id: string };

/** An event with its members and your role. */
export type CalendarEvent = wire.EventView;
/** An event in a list, or one of its occurrences. */
export type EventItem = wire.EventItemView;
/** An item of your stream, and of the inbox. */
export type Change = wire.NotificationView;
/** Somebody else. */
export type Person = wire.PersonView;
/** Your account. */
export type User = wire.UserView;

/** What a write would do; `would` is its answer. Nothing was stored. */
export type DryRun<Answer> = Omit<wire.DryRunView, 'would'> & { would: Answer };
