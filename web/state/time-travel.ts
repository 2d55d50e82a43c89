import { signal } from '@preact/signals';

/** The moment as of which the calendar is shown; null for now. */
export const asOf = signal<string | null>(null);
