import { signal } from '@preact/signals';
import type { Refusal } from '../api.js';
import type { Change as FieldChange } from '../event/changes.js';

export interface ConflictQuestion {
  kind: 'conflict';
  /** The event that is saved; undefined for one that exists nowhere yet. */
  id?: string | undefined;
  refusal: Refusal;
  title: string;
  /** True when the conflicting dates of a series can be left out. */
  canSkip: boolean;
  canMove: boolean;
  allDay: boolean;
  /** When all dates of a series are meant: the day of the first one. The free times are those of that one. */
  firstDay?: string;
}
export type ConflictAnswer =
  { choice: 'move'; start_time: string; end_time: string } | { choice: 'allow' } | { choice: 'skip' };

export interface ClashQuestion {
  kind: 'clash';
  refusal: Refusal;
  title: string;
  zone: string;
  /** Who changed it meanwhile; null when that is not known. */
  by: string | null;
  mine: FieldChange;
}
export type ClashAnswer = { choice: 'save'; change: FieldChange } | { choice: 'discard' };

export interface ScopeQuestion {
  kind: 'scope';
  title: string;
  day: string;
  /** What cannot be meant: a change of the rule has no effect on one date, and an editor deletes no whole series. */
  without?: ScopeAnswer['scope'][] | undefined;
  /** The dates are deleted, not changed. */
  removes?: boolean | undefined;
}
export type ScopeAnswer = { scope: 'this' | 'following' | 'all' };

/** For what no undo brings back. */
export interface ConfirmQuestion {
  kind: 'confirm';
  title: string;
  lead: string;
  /** What the button does. */
  act: string;
  isDangerous?: boolean;
}
export type ConfirmAnswer = { confirmed: true };

type Questions = {
  conflict: [ConflictQuestion, ConflictAnswer];
  clash: [ClashQuestion, ClashAnswer];
  scope: [ScopeQuestion, ScopeAnswer];
  confirm: [ConfirmQuestion, ConfirmAnswer];
};
type Kind = keyof Questions;
export type Asked = {
  [Name in Kind]: { question: Questions[Name][0]; answer: (answer: Questions[Name][1] | null) => void };
}[Kind];

/** The decision that blocks a change; null when there is none. */
export const asked = signal<Asked | null>(null);

let last: Promise<unknown> = Promise.resolve();

/** Opens a dialog, after those that are open already. Resolves to null when it is left without a decision. */
export function decide<Name extends Kind>(
  question: Questions[Name][0] & { kind: Name },
): Promise<Questions[Name][1] | null> {
  const answered = last.then(
    () =>
      new Promise<Questions[Name][1] | null>((resolve) => {
        const answer = (given: Questions[Name][1] | null): void => {
          asked.value = null;
          resolve(given);
        };
        asked.value = { question, answer } as unknown as Asked;
      }),
  );
  last = answered;
  return answered;
}
