import type { RecurrencePattern } from '../recurrence/pattern.js';
import type { Duration } from '../recurrence/series.js';
import {
  type Camel,
  camelCase,
  type Column,
  commented,
  flag,
  instant,
  list,
  nullable,
  oneOf,
  text,
  type ValueOf,
  varchar,
} from './columns.js';

/** What is known about every field of an event. */
interface Field {
  /** Schema number of the first snapshots that have it; 1 when absent. */
  since?: number;
  /** Fields of one unit are merged, rolled back and reverted together. */
  unit: string;
  /** How sentences and readable differences name it. */
  label: string;
  /** People write it: it is compared word by word, counted in sizes and replaced by a redaction. */
  isText?: true;
  /** A change of it may change which time the event occupies. */
  isTime?: true;
  /** One occurrence of a series may have a value of its own. */
  inOccurrence?: true;
  /** On the wire before the event exists; absent for fields that every event sets. */
  empty?: unknown;
}

/** A field that is one column and goes over the wire as it is stored. */
interface PlainField extends Field {
  column: Column;
  /** What clients may send, and what the OpenAPI document says about it. */
  input: {
    description: string;
    example: string;
    minLength?: number;
    maxLength?: number;
    values?: readonly string[];
    format?: 'web_address';
    /** Found by `q`. */
    searched?: true;
  };
}

/** A field with a spelling of its own on the wire (`wire.ts`), made from one or several columns. */
interface DerivedField extends Field {
  columns: Record<string, Column>;
  /** Only for the compiler: its type on the wire. */
  wire?: unknown;
}

const wire = <Type>(): { wire?: Type } => ({});

/** What people write about an event. */
const TEXT_FIELDS = {
  title: {
    unit: 'title',
    label: 'Title',
    isText: true,
    inOccurrence: true,
    column: varchar(255),
    input: {
      description: 'What the event is called.',
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
      description: 'Where people meet online, or read more: an `http` or `https` address.',
      example: 'https://meet.example.com/team',
      maxLength: 2_000,
      format: 'web_address',
    },
  },
} as const satisfies Record<string, PlainField>;

/** What an event is to the calendar of its owner. */
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

/** A field that is one column and goes over the wire as it is stored. */
export type PlainName = keyof PlainFields;
/** A field of which one occurrence may have a value of its own. */
export type OccurrenceField = {
  [F in PlainName]: PlainFields[F] extends { inOccurrence: true } ? F : never;
}[PlainName];

type PlainValue<F extends PlainName> = ValueOf<PlainFields[F]['column']>;
/** The values of plain fields in memory and on the wire. */
export type PlainContent = { [F in PlainName as Camel<F>]: PlainValue<F> };
export type PlainWire = { [F in PlainName]: PlainValue<F> };
/** The values that an occurrence may have of its own, in memory and on the wire. */
export type OccurrenceContent = { [F in OccurrenceField as Camel<F>]: PlainValue<F> };
export type OccurrenceWire = { [F in OccurrenceField]: PlainValue<F> };

/** What one occurrence has of its own, named by its original local start. What is absent is as in the series. */
export type StoredOverride = Partial<OccurrenceContent> & {
  original: string;
  /** Wall clock in the event's zone, where the occurrence was moved to. */
  start?: string;
  duration?: Duration;
};

/** An override as clients see it. */
export type WireOverride = Partial<OccurrenceWire> & {
  original_start: string;
  start_time?: string;
  end_time?: string;
};

/** When an event takes place. */
const TIME_FIELDS = {
  start_time: {
    unit: 'times',
    label: 'Start',
    isTime: true,
    columns: {
      startTime: instant(),
      localStart: commented(
        text(),
        'Wall clock in time_zone, which is what people meant: start_time is derived from it and may move with a new edition of the time zone data.',
      ),
    },
    ...wire<string>(),
  },
  end_time: {
    unit: 'times',
    label: 'End',
    isTime: true,
    columns: {
      endTime: instant(),
      localEnd: commented(text(), 'Wall clock in time_zone; of an all-day event, midnight after its last day.'),
    },
    ...wire<string>(),
  },
  time_zone: { unit: 'times', label: 'Time zone', isTime: true, columns: { timeZone: text() }, ...wire<string>() },
  all_day: {
    unit: 'times',
    label: 'All-day',
    isTime: true,
    empty: false,
    columns: { allDay: flag() },
    ...wire<boolean>(),
  },
  is_recurring: { unit: 'times', label: 'Recurring', empty: false, columns: {}, ...wire<boolean>() },
  recurrence_pattern: {
    unit: 'times',
    label: 'Recurrence',
    isTime: true,
    empty: null,
    columns: { rrule: commented(nullable(text()), 'Canonical RFC 5545 rule; null for an event that happens once.') },
    ...wire<RecurrencePattern | null>(),
  },
  excluded: {
    unit: 'times',
    label: 'Excluded dates',
    isTime: true,
    empty: [],
    columns: { excluded: commented(list<string>(), 'Original local starts that do not take place.') },
    ...wire<string[]>(),
  },
  added: {
    unit: 'times',
    label: 'Added dates',
    isTime: true,
    empty: [],
    columns: { added: commented(list<string>(), 'Local starts beside those of the rule.') },
    ...wire<string[]>(),
  },
  overrides: {
    unit: 'times',
    label: 'Changed occurrences',
    empty: [],
    columns: {
      overrides: commented(
        list<StoredOverride>(),
        'What single occurrences have of their own, by original local start.',
      ),
    },
    ...wire<WireOverride[]>(),
  },
} as const satisfies Record<string, DerivedField>;

/**
 * The one table of what an event is, in the order in which differences are listed. Types, columns, snapshots, the wire,
 * differences, merging, bodies and the OpenAPI document are derived from it, or checked against it by the compiler. To
 * add a field: a migration with the column, and a row above with `since` one higher than the highest.
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
    columns: { deletedAt: commented(nullable(instant()), 'When the event went to the trash; rows are never removed.') },
    ...wire<boolean>(),
  },
} as const;

type DerivedFields = Omit<typeof FIELDS, PlainName>;

/** A field by its name on the wire. */
export type ContentField = keyof typeof FIELDS;
/** A field with a spelling of its own on the wire. */
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

/** Returns what is known about a field. */
export const fieldOf = (name: ContentField): AnyField => FIELDS[name];
export const plainFieldOf = (name: PlainName): PlainField => PLAIN_FIELDS[name];

/** Returns the columns of a field by the name of their property in memory. */
export function columnsOf(name: ContentField): Record<string, Column> {
  const field = fieldOf(name);
  return 'column' in field ? { [camelCase(name)]: field.column } : field.columns;
}
