import type { RecurrencePattern } from '../recurrence/pattern.js';
import type { Duration } from '../recurrence/series.js';
import {
  type Camel,
  camelCase,
  type Column,
  withComment,
  flag,
  instant,
  list,
  nullable,
  oneOf,
  text,
  type ValueOf,
  varchar,
} from './columns.js';

/** The properties that every field of an event has. */
interface Field {
  /** Schema number of the first snapshots that contain the field; 1 when absent. */
  since?: number;
  /** Fields of one unit are merged, rolled back and reverted together. */
  unit: string;
  /** The name of the field in sentences and readable differences. */
  label: string;
  /** Text that people write. It is compared word by word, counted in sizes and replaced by a redaction. */
  isText?: true;
  /** A change of the field may change which time the event occupies. */
  isTime?: true;
  /** An occurrence of a series may override the value. */
  inOccurrence?: true;
  /** The wire value before the event exists; absent for fields that every event sets. */
  empty?: unknown;
}

/** A field that is one column and has the same value on the wire as in the database. */
interface PlainField extends Field {
  column: Column;
  /** The values that clients may send, and their description in the OpenAPI document. */
  input: {
    description: string;
    example: string;
    minLength?: number;
    maxLength?: number;
    values?: readonly string[];
    format?: 'web_address';
    /** The `q` parameter searches the field. */
    searched?: true;
  };
}

/** A field whose wire value (`wire.ts`) is derived from one or several columns. */
interface DerivedField extends Field {
  columns: Record<string, Column>;
  /** The type on the wire; only for the type checker. */
  wire?: unknown;
}

/** Only for the compiler: the type of a derived field on the wire. */
interface Wire<Type> {
  wire?: Type;
}

/** The texts of an event. */
const TEXT_FIELDS = {
  title: {
    unit: 'title',
    label: 'Title',
    isText: true,
    inOccurrence: true,
    column: varchar(255),
    input: {
      description: 'The name of the event.',
      example: 'Team meeting',
      minLength: 1,
      maxLength: 255,
      searched: true,
    },
  },
  description: {
    unit: 'description',
    label: 'Description',
    isText: true,
    inOccurrence: true,
    empty: null,
    column: nullable(text()),
    input: { description: 'Up to 20,000 characters.', example: 'Weekly sync', maxLength: 20_000, searched: true },
  },
  location: {
    unit: 'location',
    label: 'Location',
    isText: true,
    inOccurrence: true,
    empty: null,
    column: nullable(varchar(255)),
    input: { description: 'Where it takes place.', example: 'Room 4', maxLength: 255, searched: true },
  },
  url: {
    since: 2,
    unit: 'url',
    label: 'Link',
    isText: true,
    inOccurrence: true,
    empty: null,
    column: nullable(varchar(2_000)),
    input: {
      description: 'Link to an online meeting or to more information: an `http` or `https` address.',
      example: 'https://meet.example.com/team',
      maxLength: 2_000,
      format: 'web_address',
    },
  },
} as const satisfies Record<string, PlainField>;

/** Fields that determine whether an event occupies its owner's time. */
const STATE_FIELDS = {
  show_as: {
    unit: 'show_as',
    label: 'Shown as',
    isTime: true,
    inOccurrence: true,
    empty: 'busy',
    column: oneOf('busy', 'free'),
    input: { description: '`free` never conflicts.', example: 'busy', values: ['busy', 'free'] },
  },
  status: {
    since: 2,
    unit: 'status',
    label: 'Status',
    isTime: true,
    inOccurrence: true,
    empty: 'confirmed',
    column: oneOf('confirmed', 'tentative', 'cancelled'),
    input: {
      description: '`cancelled` occupies no time and stays visible; `tentative` occupies it.',
      example: 'confirmed',
      values: ['confirmed', 'tentative', 'cancelled'],
    },
  },
} as const satisfies Record<string, PlainField>;

const PLAIN_FIELDS = { ...TEXT_FIELDS, ...STATE_FIELDS };
type PlainFields = typeof PLAIN_FIELDS;

/** The name of a plain field. */
export type PlainName = keyof PlainFields;
/** The name of a field that an occurrence may override. */
export type OccurrenceField = {
  [F in PlainName]: PlainFields[F] extends { inOccurrence: true } ? F : never;
}[PlainName];

type PlainValue<F extends PlainName> = ValueOf<PlainFields[F]['column']>;
/** The values of plain fields in memory and on the wire. */
export type PlainContent = { [F in PlainName as Camel<F>]: PlainValue<F> };
export type PlainWire = { [F in PlainName]: PlainValue<F> };
/** The values that an occurrence may override, in memory and on the wire. */
export type OccurrenceContent = { [F in OccurrenceField as Camel<F>]: PlainValue<F> };
export type OccurrenceWire = { [F in OccurrenceField]: PlainValue<F> };

/** The override of one occurrence. Absent members have the value of the series. */
export type StoredOverride = Partial<OccurrenceContent> & {
  /** Original local start, which names the occurrence. */
  original: string;
  /** Wall time in the event's zone to which the occurrence was moved. */
  start?: string;
  /** `UTC` when `start` is in UTC, because the clocks of the event's zone show it twice and it is the second time. */
  zone?: 'UTC';
  duration?: Duration;
};

/** An override as clients see it. */
export type WireOverride = Partial<OccurrenceWire> & {
  original_start: string;
  start_time?: string;
  end_time?: string;
};

/** Fields that determine when an event takes place. */
const TIME_FIELDS = {
  start_time: {
    unit: 'times',
    label: 'Start',
    isTime: true,
    columns: {
      startTime: instant(),
      localStart: withComment(
        text(),
        'Wall clock in time_zone, which is what people meant: start_time is derived from it and may move with a new edition of the time zone data.',
      ),
    },
    ...({} as Wire<string>),
  },
  end_time: {
    unit: 'times',
    label: 'End',
    isTime: true,
    columns: {
      endTime: instant(),
      localEnd: withComment(text(), 'Wall clock in time_zone; of an all-day event, midnight after its last day.'),
    },
    ...({} as Wire<string>),
  },
  time_zone: {
    unit: 'times',
    label: 'Time zone',
    isTime: true,
    columns: { timeZone: text() },
    ...({} as Wire<string>),
  },
  all_day: {
    unit: 'times',
    label: 'All-day',
    isTime: true,
    empty: false,
    columns: { allDay: flag() },
    ...({} as Wire<boolean>),
  },
  is_recurring: { unit: 'times', label: 'Recurring', empty: false, columns: {}, ...({} as Wire<boolean>) },
  recurrence_pattern: {
    unit: 'times',
    label: 'Recurrence',
    isTime: true,
    empty: null,
    columns: { rrule: withComment(nullable(text()), 'Canonical RFC 5545 rule; null for an event that happens once.') },
    ...({} as Wire<RecurrencePattern | null>),
  },
  excluded: {
    unit: 'times',
    label: 'Excluded dates',
    isTime: true,
    empty: [],
    columns: { excluded: withComment(list<string>(), 'Original local starts that do not take place.') },
    ...({} as Wire<string[]>),
  },
  added: {
    unit: 'times',
    label: 'Added dates',
    isTime: true,
    empty: [],
    columns: { added: withComment(list<string>(), 'Local starts beside those of the rule.') },
    ...({} as Wire<string[]>),
  },
  overrides: {
    unit: 'times',
    label: 'Changed occurrences',
    empty: [],
    columns: {
      overrides: withComment(
        list<StoredOverride>(),
        'What single occurrences have of their own, by original local start.',
      ),
    },
    ...({} as Wire<WireOverride[]>),
  },
} as const satisfies Record<string, DerivedField>;

/**
 * The one table of the fields of an event, in the order in which differences are listed. Types, columns, snapshots,
 * wire mapping, differences, merging, request bodies and the OpenAPI document are derived from it, or the compiler
 * checks them against it. To add a field, add its column in a migration and a row to the table, with `since` one higher
 * than the highest.
 */
export const FIELDS = {
  ...TEXT_FIELDS,
  ...TIME_FIELDS,
  ...STATE_FIELDS,
  deleted: {
    unit: 'deleted',
    label: 'Deleted',
    isTime: true,
    empty: false,
    columns: {
      deletedAt: withComment(nullable(instant()), 'When the event went to the trash; rows are never removed.'),
    },
    ...({} as Wire<boolean>),
  },
} as const;

type DerivedFields = Omit<typeof FIELDS, PlainName>;

/** The name of a field on the wire. */
export type ContentField = keyof typeof FIELDS;
/** The name of a field whose wire value is derived. */
export type DerivedName = keyof DerivedFields;

type Intersection<Union> = (Union extends unknown ? (part: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;
type DerivedColumns = Intersection<DerivedFields[DerivedName]['columns']>;

export type DerivedContent = { [P in keyof DerivedColumns]: ValueOf<DerivedColumns[P]> };
export type DerivedWire = { [F in DerivedName]: DerivedFields[F] extends { wire?: infer Type } ? Type : never };

type AnyField = PlainField | DerivedField;

export const CONTENT_FIELDS = Object.keys(FIELDS) as ContentField[];
export const PLAIN_NAMES = Object.keys(PLAIN_FIELDS) as PlainName[];
export const OCCURRENCE_FIELDS = PLAIN_NAMES.filter(
  (name): name is OccurrenceField => (PLAIN_FIELDS[name] as PlainField).inOccurrence === true,
);

/** Returns the row of a field in the table. */
export const fieldOf = (name: ContentField): AnyField => FIELDS[name];
export const plainFieldOf = (name: PlainName): PlainField => PLAIN_FIELDS[name];

/** Returns the columns of a field, by their names in memory. */
export function columnsOf(name: ContentField): Record<string, Column> {
  const field = fieldOf(name);
  return 'column' in field ? { [camelCase(name)]: field.column } : field.columns;
}
