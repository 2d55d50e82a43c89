import type { Form } from './form.js';

/** What was typed on an earlier version, on the version of now: fields that were not touched are as they are now. */
export function rebaseForm({ form, base }: { form: Form; base: Form }, now: Form): Form {
  const touched = Object.entries(form).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(base[field as keyof Form]),
  );
  const typed: Partial<Form> = Object.fromEntries(touched);
  const { startDay, startTime, endDay, endTime, allDay, zone } = form;
  const when = { startDay, startTime, endDay, endTime, allDay, zone };
  // The parts of a time mean nothing without each other.
  return { ...now, ...typed, ...(touched.some(([field]) => field in when) ? when : {}) };
}
