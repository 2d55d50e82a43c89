import type { Form } from './form.js';

const key = (id: string): string => `convene.form.${id}`;

/** What was typed and neither saved nor discarded. */
export function keptForm(id: string): Form | null {
  const text = sessionStorage.getItem(key(id));
  return text ? (JSON.parse(text) as Form) : null;
}

export const keepForm = (id: string, form: Form): void => sessionStorage.setItem(key(id), JSON.stringify(form));
export const dropKept = (id: string): void => sessionStorage.removeItem(key(id));
