import type { ContentInput } from '../../src/content/draft.js';
import { editContent } from '../../src/content/edit.js';
import type { EventContent } from '../../src/content/event-content.js';
import { findOriginal, removeOccurrences, type Scope } from '../../src/content/series-edit.js';
import { contentOf } from '../support/contents.js';

/** Two states of an event, and what happened between them. */
export interface Situation {
  what: string;
  before: EventContent | null;
  after: EventContent;
}

export const PARIS = 'Europe/Paris';

/** Monday 1 June 2026, 10:00 to 11:00 in Paris. */
export const LUNCH = contentOf({ title: 'Lunch' }, PARIS);
export const STANDUP = contentOf({ title: 'Standup', recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO' }, PARIS);
export const ALL_DAY = contentOf(
  { title: 'Fair', start_time: '2026-06-09', end_time: '2026-06-12', all_day: true },
  PARIS,
);
export const DAY_OFF = contentOf(
  {
    title: 'Day off',
    start_time: '2026-06-01',
    end_time: '2026-06-02',
    all_day: true,
    recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO',
  },
  PARIS,
);

type Change = (content: EventContent) => EventContent;

export const set =
  (input: ContentInput): Change =>
  (content) =>
    editContent(content, { input, target: null, timeZone: PARIS });
export const of =
  (occurrence: string, input: ContentInput, scope: Scope = 'this'): Change =>
  (content) =>
    editContent(content, { input, target: { occurrence, scope }, timeZone: PARIS });
export const without =
  (...occurrences: string[]): Change =>
  (content) =>
    occurrences.reduce((left, text) => removeOccurrences(left, findOriginal(left, text), 'this')!, content);
export const also =
  (...times: string[]): Change =>
  (content) =>
    set({ added: [...content.added, ...times] })(content);
export const deleted: Change = (content) => ({ ...content, deletedAt: new Date(0) });

/** What happens to an event, after what has happened to it before. */
export function after(start: EventContent, what: string, change: Change | Change[], earlier: Change[] = []): Situation {
  const before = earlier.reduce((content, one) => one(content), start);
  const changes = Array.isArray(change) ? change : [change];
  return { what, before, after: changes.reduce((content, one) => one(content), before) };
}

export const lunch = (what: string, change: Change | Change[], ...earlier: Change[]): Situation =>
  after(LUNCH, what, change, earlier);
export const standup = (what: string, change: Change | Change[], ...earlier: Change[]): Situation =>
  after(STANDUP, what, change, earlier);
export const repeating = (rule: string, what: string, change: Change | Change[], ...earlier: Change[]): Situation =>
  after(set({ recurrence_pattern: rule })(LUNCH), what, change, earlier);

export const LINES = Array.from({ length: 12 }, (_, index) => `${index + 1}. Point number ${index + 1} of the agenda`);
export const AGENDA = LINES.join('\n');
export const swap = (lines: Record<number, string>): string =>
  LINES.map((line, index) => lines[index] ?? line).join('\n');
