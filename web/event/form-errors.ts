import { useState } from 'preact/hooks';
import type { Refusal } from '../api.js';
import { type Form, type TimeInput } from '../state/form.js';
import { eventWords as words } from '../words/event.js';

interface FieldError {
  message: string;
  next?: string | undefined;
}
/** What is wrong, by the field of the request or the input. */
export type FieldErrors = Partial<Record<string, FieldError>>;

/** What the server says about fields. */
export function fieldErrors(error: Refusal): FieldErrors {
  const errors: FieldErrors = {};
  for (const { pointer, message, next } of error.problem.errors ?? [])
    errors[pointer.split('/')[1] ?? ''] ??= { message, next };
  return errors;
}

/** What of the times that are on the screen cannot be sent, by input. */
export function timeErrors({ allDay, startDay, endDay, pattern, unfinished = {} }: Form): FieldErrors {
  const errors: FieldErrors = {};
  const shown: TimeInput[] = allDay ? ['startDay', 'endDay'] : ['startDay', 'startTime', 'endTime'];
  for (const input of pattern?.until ? [...shown, 'until' as const] : shown) {
    if (input in unfinished) errors[input] = { message: words.missing(input) };
  }
  if (allDay && !hasErrors(errors) && endDay < startDay) errors.endDay = { message: words.lastBeforeFirst };
  return errors;
}

export const hasErrors = (errors: FieldErrors): boolean => Object.keys(errors).length > 0;

/** What is wrong with a form, until it is corrected. */
export function useErrors(form: Form) {
  const [errors, setErrors] = useState<FieldErrors>({});
  return {
    errors,
    setErrors,
    /** Leaves what is still wrong after the form was edited; only the server knows whether what it said is. */
    follow: (next: Form): void => {
      const wrong = timeErrors(next);
      for (const name in wrong) if (!errors[name]) delete wrong[name];
      setErrors(wrong);
    },
    /** Shows what cannot be sent. Returns it when there is anything. */
    check: (): FieldErrors | null => {
      const wrong = timeErrors(form);
      if (!form.title.trim()) wrong.title = { message: words.titleMissing };
      setErrors(wrong);
      return hasErrors(wrong) ? wrong : null;
    },
  };
}
