import type { Form } from './form.js';
import type { KeptForm } from './kept.js';

type Field = keyof Form;

/** The parts of a time mean nothing without each other. */
const TIME: readonly Field[] = ['startDay', 'startTime', 'endDay', 'endTime', 'allDay', 'zone'];

const differ = (field: Field, one: Form, other: Form): boolean =>
  JSON.stringify(one[field]) !== JSON.stringify(other[field]);
const pick = (form: Form, fields: readonly Field[]): Partial<Form> =>
  Object.fromEntries(fields.map((field) => [field, form[field]]));

/**
 * What was typed on an earlier version of an event, on its version of now: fields that were not touched are as they are
 * now. Where others changed a field that was touched, their change is not seen: the form stays one of the earlier version,
 * so that the server asks about both when it is saved.
 */
export function rebaseForm(kept: KeptForm, now: Form, version: number): KeptForm {
  const { form, base } = kept;
  const touched = (Object.keys(form) as Field[]).filter((field) => differ(field, form, base));
  const typed = touched.some((field) => TIME.includes(field)) ? [...new Set([...touched, ...TIME])] : touched;
  const unseen = typed.filter((field) => differ(field, base, now) && differ(field, form, now));
  return {
    form: { ...now, ...pick(form, typed) },
    base: { ...now, ...pick(base, unseen) },
    version: unseen.length > 0 ? kept.version : version,
  };
}
