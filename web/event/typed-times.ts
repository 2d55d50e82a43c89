import { type Form, lengthOf, type TimeInput } from '../state/form.js';
import { addDays, isDay } from '../time/zoned.js';

/** The form with another end on the clock. An end before the start is on the next day. */
export function withEndTime(form: Form, endTime: string): Form {
  const sameDay = endTime > form.startTime;
  const endDay =
    form.endDay > addDays(form.startDay, 1) ? form.endDay : sameDay ? form.startDay : addDays(form.startDay, 1);
  return { ...form, endTime, endDay };
}

/** The form of an all-day event, or of one with times. These may be out of order on the days that it had. */
export function withAllDay(form: Form, allDay: boolean): Form {
  const next = { ...form, allDay };
  return !allDay && lengthOf(form) <= 0 ? withEndTime(next, form.endTime) : next;
}

/**
 * The form after something was typed into a field. While that is no day or time, the rest of the form does not follow.
 *
 * @param set takes it into the form once it is one
 */
export function withTyped(form: Form, input: TimeInput, text: string, set: (form: Form) => Form): Form {
  const { [input]: _before, ...others } = form.unfinished ?? {};
  const isComplete = input.endsWith('Time') ? text !== '' : isDay(text);
  return isComplete ? set({ ...form, unfinished: others }) : { ...form, unfinished: { ...others, [input]: text } };
}

/** What a field contains. */
export const typedIn = (form: Form, input: TimeInput, value: string): string => form.unfinished?.[input] ?? value;
