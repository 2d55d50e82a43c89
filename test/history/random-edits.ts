import * as fc from 'fast-check';
import type { EventContent } from '../../src/content/event-content.js';
import { type ContentInput, draftContent } from '../../src/content/draft.js';
import { findOriginal, overrideOccurrence, toSeriesEdit, removeOccurrences } from '../../src/content/series-edit.js';
import { invalid, Problem } from '../../src/problems/problem.js';

/** What somebody does to the content of an event, as the API would be asked for it. */
export type ContentEdit =
  | { what: 'fields'; input: ContentInput }
  | { what: 'occurrence'; day: number; scope: 'this' | 'all'; input: ContentInput }
  | { what: 'exclusion'; day: number };

const DAYS = 5;
const ZONE = 'Europe/Paris';
const at = (day: number, hour: number): string =>
  new Date(Date.UTC(2026, 2, 26 + day, hour)).toISOString().slice(0, 19);

/** Ten in the morning for five days, over the end of winter time. */
export function dailyMeeting(): EventContent {
  const input = { title: 'Standup', start_time: at(0, 10), end_time: at(0, 11) };
  return toDrafts({ ...input, recurrence_pattern: `FREQ=DAILY;COUNT=${DAYS}` }, null);
}

/** @throws Problem as the API would */
export function applyEdit(edit: ContentEdit, content: EventContent): EventContent {
  if (edit.what === 'fields') return toDrafts(edit.input, content);
  const original = findOriginal(content, content.allDay ? at(edit.day, 0).slice(0, 10) : at(edit.day, 10));
  if (edit.what === 'exclusion')
    return removeOccurrences(content, original, 'this') ?? { ...content, deletedAt: new Date(0) };
  if (edit.scope === 'this') return overrideOccurrence(content, original, edit.input);
  const through = toSeriesEdit(content, original, edit.input);
  return toDrafts(through.input, through.content);
}

/** The result, or null when it was refused. */
export function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

function toDrafts(input: ContentInput, current: EventContent | null): EventContent {
  const draft = draftContent(input, current, ZONE);
  if ('errors' in draft) throw invalid(...draft.errors);
  return draft.content;
}

// Few values, so that different people often want the same.
const text = fc.constantFrom('a', 'b', 'Äöü “x” 🎉', 'two words');
const optionalText = fc.option(text);
const day = fc.nat({ max: DAYS - 1 });
const hour = fc.constantFrom(8, 10, 12);
const times = fc.record({ day, hour }).map((start) => ({
  start_time: at(start.day % 2, start.hour),
  end_time: at(start.day % 2, start.hour + 1),
}));

const textInput = fc.oneof<fc.Arbitrary<ContentInput>[]>(
  text.map((title) => ({ title })),
  optionalText.map((description) => ({ description })),
  optionalText.map((location) => ({ location })),
  fc.constantFrom('busy' as const, 'free' as const).map((show_as) => ({ show_as })),
  fc.record({ title: text, description: optionalText, location: optionalText }),
);
const timeInput = fc.oneof<fc.Arbitrary<ContentInput>[]>(
  times,
  fc.constantFrom('Europe/Paris', 'America/New_York', 'Asia/Kathmandu').map((time_zone) => ({ time_zone })),
  fc
    .constantFrom(null, 'FREQ=DAILY;COUNT=5', 'FREQ=DAILY;COUNT=3', 'FREQ=DAILY;INTERVAL=2')
    .map((recurrence_pattern) => ({ recurrence_pattern })),
  fc.subarray([0, 1, 2, 3, 4]).map((days) => ({ excluded: days.map((each) => at(each, 10)) })),
  fc.subarray([20, 21]).map((days) => ({ added: days.map((each) => at(each, 10)) })),
  fc.constant({ all_day: true, start_time: '2026-03-26', end_time: '2026-03-27' }),
);

/** Edits that touch single occurrences and texts, and leave the series where it is. */
export const edit: fc.Arbitrary<ContentEdit> = fc.oneof(
  { weight: 4, arbitrary: textInput.map((input) => ({ what: 'fields' as const, input })) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('occurrence' as const),
      day,
      scope: fc.constant('this' as const),
      input: fc.oneof(
        textInput,
        day.chain((each) => hour.map((h) => ({ start_time: at(each, h), end_time: at(each, h + 1) }))),
      ),
    }),
  },
  { weight: 2, arbitrary: day.map((each) => ({ what: 'exclusion' as const, day: each })) },
);

/** The same, and edits that move or reshape the series. */
export const anyEdit: fc.Arbitrary<ContentEdit> = fc.oneof(
  { weight: 4, arbitrary: edit },
  { weight: 1, arbitrary: timeInput.map((input) => ({ what: 'fields' as const, input })) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('occurrence' as const),
      day,
      scope: fc.constant('all' as const),
      input: fc.oneof(textInput, times),
    }),
  },
);
