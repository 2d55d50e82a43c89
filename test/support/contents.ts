import type { EventContent } from '../../src/content/event-content.js';
import { type ContentInput, draftContent } from '../../src/content/draft.js';

/** The content of an event as `draftContent` makes it: an hour on Monday 1 June 2026 unless it says otherwise. */
export function contentOf(input: ContentInput = {}, zone = 'UTC'): EventContent {
  const times = { start_time: '2026-06-01T10:00:00', end_time: '2026-06-01T11:00:00' };
  const draft = draftContent({ title: 'Meeting', ...times, ...input }, null, zone);
  if ('errors' in draft) throw new Error(JSON.stringify(draft.errors));
  return draft.content;
}

/** Epoch seconds. */
export const seconds = (text: string): number => Date.parse(text) / 1_000;

/** `2026-06-01T10:00/2026-06-01T11:00` in UTC. */
export const spelled = ({ start, end }: { start: number; end: number }): string =>
  [start, end].map((at) => new Date(at * 1_000).toISOString().slice(0, 16)).join('/');
