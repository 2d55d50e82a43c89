import type { DiffView, SnapshotView, TextOperationView } from '../../sdk/index.js';
import { zone } from '../state/session.js';
import { spanIn } from '../time/format.js';
import { words as common } from '../words/en.js';
import { eventWords } from '../words/event.js';
import { historyWords as words } from '../words/history.js';

export interface Row {
  name: string;
  /** What a rollback of this row alone names. */
  fields: string[];
  from: string | null;
  to: string | null;
  /** Word by word, for texts. */
  text?: TextOperationView[];
  /** A rule to be said in words; the side that has none is null. */
  rules?: [SnapshotView, SnapshotView];
}

const TIMES = ['start_time', 'end_time', 'time_zone', 'all_day'];
const RULE = ['is_recurring', 'recurrence_pattern'];
const LISTS = ['excluded', 'added', 'overrides'];

/** The differences as a person reads them: times are one row, and so is the recurrence. */
export function fieldRows({ changes }: DiffView, before: SnapshotView, after: SnapshotView): Row[] {
  const rows: Row[] = [];
  const has = (fields: string[]): boolean => fields.some((field) => field in changes);
  const text = (field: 'title' | 'location' | 'url' | 'description', name: string): void => {
    const change = changes[field];
    if (!change) return;
    rows.push({
      name,
      fields: [field],
      from: before[field],
      to: after[field],
      ...(change.text ? { text: change.text } : {}),
    });
  };
  text('title', words.fields.title);
  if (has(TIMES)) {
    const span = (snapshot: SnapshotView): string => {
      const { start_time: start, end_time: end, all_day: allDay, time_zone: zoneName } = snapshot;
      const foreign = zoneName === zone.value ? '' : ` (${zoneName})`;
      return spanIn(start, end, allDay, zone.value) + foreign;
    };
    rows.push({ name: words.fields.when, fields: [...TIMES], from: span(before), to: span(after) });
  }
  if (has(RULE))
    rows.push({
      name: words.fields.repeats,
      fields: [...TIMES, ...RULE],
      from: null,
      to: null,
      rules: [before, after],
    });
  text('location', words.fields.location);
  text('url', words.fields.link);
  if ('show_as' in changes) {
    rows.push({
      name: words.fields.showAs,
      fields: ['show_as'],
      from: eventWords.showAs[before.show_as],
      to: eventWords.showAs[after.show_as],
    });
  }
  if ('status' in changes) {
    rows.push({
      name: words.fields.status,
      fields: ['status'],
      from: common.status[before.status],
      to: common.status[after.status],
    });
  }
  text('description', words.fields.description);
  if (has(LISTS)) {
    const count = (snapshot: SnapshotView): string =>
      words.dates(snapshot.excluded.length, snapshot.added.length, snapshot.overrides.length);
    rows.push({
      name: words.fields.dates,
      fields: LISTS.filter((field) => field in changes),
      from: count(before),
      to: count(after),
    });
  }
  return rows;
}

export const unchangedNames = (rows: Row[]): string[] => {
  const changed = new Set(rows.map(({ name }) => name));
  return Object.values(words.fields).filter((name) => !changed.has(name));
};
