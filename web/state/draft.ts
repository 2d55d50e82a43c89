import { signal } from '@preact/signals';
import { addMinutes, instantOf, today, wallTime } from '../time/zoned.js';
import { zone } from './session.js';
import { asOf } from './time-travel.js';
import { date } from './view.js';

/** An event that is being made on the grid. Instants, or days when it is all-day. */
export interface Draft {
  title: string;
  start: string;
  end: string;
  allDay: boolean;
  /** Who can view it once it is created. */
  viewers?: { id: string; username: string }[];
  /** True when they shall not. */
  isPrivate?: boolean;
  /** Where the pointer was. */
  at?: { x: number; y: number };
}

export const draft = signal<Draft | null>(null);
/** True when the whole form is open, in the drawer. */
export const draftInDrawer = signal(false);

export function startDraft(given: Omit<Draft, 'title'> & { title?: string }): void {
  // The past cannot be changed.
  asOf.value = null;
  draftInDrawer.value = false;
  draft.value = { title: '', ...given };
}

/** An hour from the next half hour, on the day that is shown. */
export function startDraftSoon(title = ''): void {
  const now = wallTime(Date.now(), zone.value);
  const next = addMinutes(`${now.slice(0, 14)}00`, Number(now.slice(14)) < 30 ? 30 : 60);
  const wall = date.value === today(zone.value) ? next : `${date.value}T09:00`;
  const start = instantOf(wall, zone.value);
  startDraft({ title, start, end: new Date(new Date(start).getTime() + 3_600_000).toISOString(), allDay: false });
}

/** Whom the draft is to be shared with. */
export const viewersOf = ({ viewers = [], isPrivate }: Draft): NonNullable<Draft['viewers']> =>
  isPrivate ? [] : viewers;

export function dropDraft(): void {
  draft.value = null;
  draftInDrawer.value = false;
}
