import type { CreateEventBody, RecurrencePatternBody } from '../../sdk/index.js';
import type { Event, Item } from '../api.js';
import { endOf, startOf } from './calendar.js';
import type { Draft } from './draft.js';
import { addDays, addMinutes, dayOf, daysBetween, instantOf, minutesBetween, wallTime } from '../time/zoned.js';
import type { Change } from '../event/changes.js';

export type Pattern = RecurrencePatternBody;

/** The fields in which days and times are typed. */
export type TimeInput = 'startDay' | 'startTime' | 'endDay' | 'endTime' | 'until';

/** What a person edits. Times are wall times in the zone of the event; the end day of an all-day event is its last. */
export interface Form {
  title: string;
  startDay: string;
  startTime: string;
  endDay: string;
  endTime: string;
  allDay: boolean;
  zone: string;
  /** What fields contain that is no day or time, such as nothing. The form keeps their last values. */
  unfinished?: Partial<Record<TimeInput, string>>;
  pattern: Pattern | null;
  /** How many days later than its rule says a moved date of a series is. The rule is about the day before the move. */
  movedDays?: number;
  location: string;
  url: string;
  showAs: 'busy' | 'free';
  status: 'confirmed' | 'tentative' | 'cancelled';
  description: string;
  comment: string;
}

interface Span {
  start: string;
  end: string;
  allDay: boolean;
}

/** The fields of a form for instants, or for days with an exclusive end. */
export function timesOf({ start, end, allDay }: Span, zone: string): Pick<Form, 'startDay' | 'endDay'> & Partial<Form> {
  if (allDay) return { startDay: start, endDay: addDays(end, -1) };
  const [[startDay, startTime], [endDay, endTime]] = [start, end].map((time) => wallTime(time, zone).split('T')) as [
    [string, string],
    [string, string],
  ];
  return { startDay, startTime, endDay, endTime };
}

/** The form of an event, or of one of its occurrences. */
export function formOf(event: Event | Item): Form {
  const item = event as Item;
  const { time_zone: zone, all_day: allDay } = event;
  const times = timesOf({ start: startOf(item), end: endOf(item), allDay }, zone);
  const movedDays = daysBetween(dayOf(item.occurrence?.original_start ?? startOf(item), zone), times.startDay);
  return {
    title: event.title,
    startTime: '09:00',
    endTime: '10:00',
    ...times,
    allDay,
    zone,
    pattern: event.recurrence_pattern,
    ...(movedDays ? { movedDays } : {}),
    location: event.location ?? '',
    url: event.url ?? '',
    showAs: event.show_as,
    status: event.status,
    description: event.description ?? '',
    comment: '',
  };
}

export function emptyForm(draft: Span & { title: string }, zone: string): Form {
  return {
    title: draft.title,
    startTime: '09:00',
    endTime: '10:00',
    ...timesOf(draft, zone),
    allDay: draft.allDay,
    zone,
    pattern: null,
    location: '',
    url: '',
    showAs: 'busy',
    status: 'confirmed',
    description: '',
    comment: '',
  };
}

/** The form of a draft: what was typed of it, or an empty one with its times. */
export const formOfDraft = (draft: Draft, zone: string): Form => draft.form ?? emptyForm(draft, zone);

/** The draft with what was typed; its times are instants, in whatever zone they were given. */
export function withForm(draft: Draft, form: Form): Draft {
  const at = (wall: string): string => (form.allDay ? wall : instantOf(wall.slice(0, 16), form.zone));
  const { title, allDay } = form;
  return { ...draft, title, allDay, start: at(startTime(form)), end: at(endTime(form)), form };
}

/** Start and end as the server takes them. */
export const startTime = (form: Form): string =>
  form.allDay ? form.startDay : `${form.startDay}T${form.startTime}:00`;
export const endTime = (form: Form): string =>
  form.allDay ? addDays(form.endDay, 1) : `${form.endDay}T${form.endTime}:00`;

/** The day that the rule is about. */
export const ruleDay = (form: Form): string => addDays(form.startDay, -(form.movedDays ?? 0));

/** In minutes on the clock. */
export const lengthOf = (form: Form): number =>
  minutesBetween(`${form.startDay}T${form.startTime}`, `${form.endDay}T${form.endTime}`);

/** The form with another start; the end keeps its distance. An end before the start is corrected by this, so it stays. */
export function withStart(form: Form, day: string, time: string): Form {
  if (lengthOf(form) < 0) return { ...form, startDay: day, startTime: time };
  const end = addMinutes(`${day}T${time}`, lengthOf(form));
  return { ...form, startDay: day, startTime: time, endDay: end.slice(0, 10), endTime: end.slice(11) };
}

/** Whether anything was typed, also what belongs to no field of the event. */
export const hasTyped = (form: Form, base: Form): boolean =>
  form.comment !== base.comment || Object.keys(changesOf(form, base)).length > 0;

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The fields that differ from the form as it was opened. */
export function changesOf(form: Form, base: Form): Change {
  const change: Change = {};
  if (form.title !== base.title) change.title = form.title;
  if (form.location !== base.location) change.location = form.location || null;
  if (form.url !== base.url) change.url = form.url || null;
  if (form.description !== base.description) change.description = form.description || null;
  if (form.showAs !== base.showAs) change.show_as = form.showAs;
  if (form.status !== base.status) change.status = form.status;
  if (timesDiffer(form, base)) {
    change.start_time = startTime(form);
    change.end_time = endTime(form);
    if (form.zone !== base.zone) change.time_zone = form.zone;
    if (form.allDay !== base.allDay) change.all_day = form.allDay;
  }
  if (!same(form.pattern, base.pattern)) {
    change.recurrence_pattern = form.pattern;
    if (!form.pattern) change.is_recurring = false;
  }
  return change;
}

export const timesDiffer = (form: Form, base: Form): boolean =>
  startTime(form) !== startTime(base) || endTime(form) !== endTime(base) || form.zone !== base.zone;
export const patternsDiffer = (form: Form, base: Form): boolean => !same(form.pattern, base.pattern);

/** What of it occupies people. */
export const occupancyOf = (form: Form) => ({
  start_time: startTime(form),
  end_time: endTime(form),
  time_zone: form.zone,
  all_day: form.allDay,
  show_as: form.showAs,
  status: form.status,
});

export function newEventOf(form: Form): CreateEventBody {
  return {
    title: form.title,
    ...occupancyOf(form),
    ...(form.pattern ? { recurrence_pattern: form.pattern } : {}),
    ...(form.location ? { location: form.location } : {}),
    ...(form.url ? { url: form.url } : {}),
    ...(form.description ? { description: form.description } : {}),
    ...(form.comment ? { change_comment: form.comment } : {}),
  };
}
