import { signal } from '@preact/signals';

export interface Toast {
  text: string;
  /** Whose change it is; without one, it is your own. */
  person?: { id: string; username: string };
  /** The day that it is about, where the calendar does not show it. */
  day?: string | undefined;
  action?: { label: string; run: () => void };
}

const SHOWN_MS = 8_000;

export const toast = signal<Toast | null>(null);
let waiting: Toast | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

export function showToast(next: Toast): void {
  // What you did is said at once; others wait for their turn.
  if (toast.value && next.person) {
    waiting = next;
    return;
  }
  toast.value = next;
  resumeToast();
}

export function holdToast(): void {
  clearTimeout(timer);
}

export function resumeToast(): void {
  clearTimeout(timer);
  timer = setTimeout(dismissToast, SHOWN_MS);
}

export function dismissToast(): void {
  clearTimeout(timer);
  toast.value = waiting;
  waiting = null;
  if (toast.value) resumeToast();
}
