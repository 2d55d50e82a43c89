import { signal } from '@preact/signals';

export type Panel =
  'inbox' | 'trash' | 'settings' | 'find-time' | 'palette' | 'shortcuts' | 'outbox' | 'activity' | 'administration';

/** What is open over the calendar, besides an event. */
export const panel = signal<Panel | null>(null);

let returnFocus: HTMLElement | null = null;

export function openPanel(next: Panel): void {
  if (!panel.value) returnFocus = document.activeElement as HTMLElement | null;
  panel.value = next;
}

export function closePanel(): void {
  panel.value = null;
  returnFocus?.focus();
  returnFocus = null;
}

export const togglePanel = (name: Panel): void => (panel.value === name ? closePanel() : openPanel(name));
