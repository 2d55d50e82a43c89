import { createHash } from 'node:crypto';
import type { EventContent } from '../content/event-content.js';
import type { OccurrenceContent } from '../content/fields.js';
import type { CalendarEntry } from './write-calendar.js';

/** What stands for the title of every event. */
const TITLE = 'Busy';

/**
 * Returns what an event says about when its owner is busy: its times, and no text. Null for one that takes no time. Its UID is
 * another one, always the same in one feed: that of an imported event may name people and companies. Pure.
 */
export function toBusyOnly(entry: CalendarEntry, feedId: string): CalendarEntry | null {
  const { content } = entry;
  const overrides = content.overrides.map(
    ({ title: _title, description: _description, location: _location, url: _url, ...rest }) => rest,
  );
  const takesTime = takes(content) || overrides.some((override) => takes({ ...content, ...override }));
  if (!takesTime) return null;
  const busy: EventContent = { ...content, title: TITLE, description: null, location: null, url: null, overrides };
  const uid = `${createHash('sha256').update(`${feedId} ${entry.uid}`).digest('base64url')}@convene`;
  return { ...entry, uid, content: busy, kept: {} };
}

const takes = ({ showAs, status }: Pick<OccurrenceContent, 'showAs' | 'status'>): boolean =>
  showAs === 'busy' && status !== 'cancelled';
