import { z } from 'zod';
import { bound, eventId, page } from './inputs.js';
import { eventDetails, eventLine, logLine, textOf, wallTime } from './shown.js';
import { ANNOTATIONS, defineTool } from './tool.js';

/** How much one result holds at most. */
const EVENTS = { most: 25, usual: 15 };
const ENTRIES = { most: 20, usual: 10 };
const DIFFERENCES = { shown: 20, length: 400 };

export const aboutMe = defineTool({
  name: 'about_me',
  title: 'Who the person is, and what time it is',
  description:
    'The person whose calendar you use, their time zone, and the present time there. Call it before you turn words such as “tomorrow” into dates.',
  input: {},
  annotations: ANNOTATIONS.reads,
  run: async (_input, context) => {
    const { username, time_zone } = await context.me();
    const now = wallTime(new Date().toISOString(), time_zone);
    const day = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: time_zone }).format(new Date());
    return { username, time_zone, now, day };
  },
});

export const findEvents = defineTool({
  name: 'find_events',
  title: 'Find events',
  description:
    'The events that the person can see in a window of time, one item per date of a series, by start; or, without a window, events by their text. For the details of one, `read_event`; for times at which people are free, `find_time`.',
  input: {
    from: bound('Events that end after this.').optional(),
    to: bound('Events that start before this; at most 400 days after `from`.').optional(),
    q: z.string().min(1).max(255).optional().describe('Text in title, description or location, in any case.'),
    in_trash: z.boolean().optional().describe('The person’s deleted events instead.'),
    ...page(EVENTS.most, EVENTS.usual),
  },
  annotations: ANNOTATIONS.reads,
  run: async ({ from, to, q, in_trash, limit = EVENTS.usual, cursor }, { client, me }) => {
    const expand = from !== undefined && to !== undefined && !in_trash;
    const query = { from, to, q, limit, ...(expand ? { expand } : {}), ...(in_trash ? { deleted: true } : {}) };
    const { items, next_cursor } = await client.events.list(query).page(cursor);
    const reader = await me();
    return {
      events: items.map((item) => eventLine(item, reader)),
      ...(next_cursor ? { next_cursor } : {}),
    };
  },
});

export const readEvent = defineTool({
  name: 'read_event',
  title: 'Read an event',
  description:
    'One event with its members and the beginning of its description. Read it before you change it: the change needs its `version`.',
  input: {
    event_id: eventId,
    as_of: bound('How the event was at this time.').optional(),
    whole_description: z.boolean().optional().describe('All of the description, up to 20,000 characters.'),
  },
  annotations: ANNOTATIONS.reads,
  run: async ({ event_id, as_of, whole_description }, { client, me }) =>
    eventDetails(await client.events.get(event_id, { as_of }), await me(), whole_description),
});

export const readHistory = defineTool({
  name: 'read_history',
  title: 'Read what happened to an event',
  description:
    'Who changed what and when, newest first: content and members. `position` is what `undo_change` needs. To see two versions beside each other, `compare_versions`.',
  input: { event_id: eventId, ...page(ENTRIES.most, ENTRIES.usual) },
  annotations: ANNOTATIONS.reads,
  run: async ({ event_id, limit = ENTRIES.usual, cursor }, { client, me }) => {
    const { items, next_cursor } = await client.events.changelog(event_id, { order: 'desc', limit }).page(cursor);
    const reader = await me();
    return { changes: items.map((entry) => logLine(entry, reader)), ...(next_cursor ? { next_cursor } : {}) };
  },
});

export const compareVersions = defineTool({
  name: 'compare_versions',
  title: 'Compare two versions of an event',
  description:
    'What differs between two versions of an event, in sentences. Versions are numbered 1, 2, 3 … per event.',
  input: {
    event_id: eventId,
    from_version: z.int().min(1),
    to_version: z.int().min(1).optional().describe('The present state when absent.'),
  },
  annotations: ANNOTATIONS.reads,
  run: async ({ event_id, from_version, to_version }, { client }) => {
    const diff = await client.events.diff(event_id, from_version, to_version ?? 'current');
    const { shown, length } = DIFFERENCES;
    return {
      from_version: diff.from_version,
      to_version: diff.to_version,
      written_by_people: diff.summary.slice(0, shown).map((sentence) => textOf(sentence, length)),
      ...(diff.summary.length > shown ? { more_differences: diff.summary.length - shown } : {}),
    };
  },
});
