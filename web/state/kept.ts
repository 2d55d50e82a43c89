import { type Form, hasTyped } from './form.js';
import type { Draft } from './draft.js';
import { user } from './session.js';

// What was typed and neither saved nor discarded. It stays on this device, for the person who typed it.

const name = (what: string): string => `convene.${what}.${user.peek()?.id}`;

function read(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
}

function write(key: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing, or is full: the form is still open.
  }
}

export interface KeptForm {
  form: Form;
  /** As the event was when the form was opened. */
  base: Form;
  /** The version that the event had when the form was opened. */
  version: number;
}
export function keptForm(id: string): KeptForm | null {
  const kept = read(name(`form.${id}`)) as (Omit<KeptForm, 'version'> & Partial<KeptForm>) | null;
  // Forms that an older dashboard kept have no version: based on the first, every later change counts as unseen.
  return kept && { version: 1, ...kept };
}
/** Keeps what was typed. Returns whether anything was; else nothing is kept. */
export function keepForm(id: string, kept: KeptForm): boolean {
  const typed = hasTyped(kept.form, kept.base);
  write(name(`form.${id}`), typed ? kept : null);
  return typed;
}
export const dropForm = (id: string): void => write(name(`form.${id}`), null);
/** What was typed of the first goes on as that of the second. */
export function moveForm(from: string, to: string): void {
  const kept = keptForm(from);
  dropForm(from);
  if (kept) keepForm(to, kept);
}

/** Events that were never saved, oldest first. */
export const keptDrafts = (): Draft[] => (read(name('drafts')) ?? []) as Draft[];
export function keepDraft(draft: Draft): void {
  const { at: _, ...kept } = draft;
  write(name('drafts'), [...keptDrafts().filter(({ key }) => key !== draft.key), kept]);
}
export const forgetDraft = ({ key }: Draft): void => {
  const rest = keptDrafts().filter((kept) => kept.key !== key);
  write(name('drafts'), rest.length > 0 ? rest : null);
};
