import { signal } from '@preact/signals';

/** Times of other versions, drawn dashed. */
export const ghosts = signal<{ key: string; title: string; start: string; end: string; allDay: boolean }[]>([]);
