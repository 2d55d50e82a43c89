import type * as wire from '../generated/types.gen.js';
import { offsetAt, toLocal } from '../times.js';
import type { CalendarEvent, EventItem } from '../types.js';
import type { Me } from './tool.js';

// What agents read: every member costs them attention, so that nothing is repeated and nothing is there without a use.

const SHOWN = { title: 160, location: 120, url: 300, description: 600, summary: 400, comment: 200 };
export const MEMBERS_SHOWN = 20;

/**
 * Controls and invisible format characters, also those in which a text can be hidden that only programs read (tags).
 * Joiners are parts of emoji and of words.
 */
const INVISIBLE = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A text that people wrote, with its invisible characters shown as `\u{202E}`, and cut to a length. */
export function textOf(text: string, most: number): string {
  const visible = text.replace(INVISIBLE, (found) => `\\u{${found.codePointAt(0)!.toString(16).toUpperCase()}}`);
  const characters = [...visible];
  return characters.length <= most ? visible : `${characters.slice(0, most).join('')}…`;
}

/** An instant on the clocks of a zone, with the offset: what an agent may send back as it is. */
export function wallTime(instant: string, zone: string): string {
  const offset = Math.round(offsetAt(instant, zone) / 60_000);
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${toLocal(instant, zone).replace(/:00$/, '')}${offset < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`;
}

interface Times {
  start_time: string;
  end_time: string;
}

const onClocks = ({ start_time, end_time }: Times, zone: string) => ({
  day: new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: zone }).format(new Date(start_time)),
  start_time: wallTime(start_time, zone),
  end_time: wallTime(end_time, zone),
  time_zone: zone,
});

/** A time on the clocks of its zone, and on those of the reader when they show another one. */
export function when(times: Times, zone: string, me: Me, allDay = false): object {
  if (allDay) return { all_day: true, start_time: times.start_time, end_time: times.end_time };
  const own = onClocks(times, zone);
  const differs = offsetAt(times.start_time, zone) !== offsetAt(times.start_time, me.time_zone);
  return differs ? { ...own, in_your_zone: onClocks(times, me.time_zone) } : own;
}

interface People {
  username: string;
  role: string;
}

export interface ShownEvent {
  event_id: string;
  version: number;
  [member: string]: unknown;
}

/** An event in a list: without what only one reader in ten needs. */
export function eventLine(event: CalendarEvent | EventItem, me: Me): ShownEvent {
  const { occurrence } = event as EventItem;
  const { title, location, rrule, status, show_as, deleted_at } = event;
  return {
    event_id: event.id,
    version: event.version,
    when: when(occurrence ?? event, event.time_zone, me, event.all_day),
    ...(occurrence ? { occurrence: startOf(occurrence.original_start, event) } : {}),
    ...(rrule ? { series: rrule } : {}),
    ...(status === 'confirmed' ? {} : { status }),
    ...(show_as === 'busy' ? {} : { show_as }),
    ...(deleted_at ? { deleted_at: wallTime(deleted_at, me.time_zone) } : {}),
    ...(event.owner.username === me.username ? {} : { owner: event.owner.username }),
    your_role: event.role,
    written_by_people: {
      title: textOf(title, SHOWN.title),
      ...(location ? { location: textOf(location, SHOWN.location) } : {}),
    },
  };
}

/** One event, with its members and the beginning of its description. */
export function eventDetails(event: CalendarEvent, me: Me, wholeDescription = false): ShownEvent {
  const line = eventLine(event, me);
  const { description, url, permissions = [], excluded, overrides, skipped = [], adjusted } = event;
  const members = (permissions as People[]).filter(({ username }) => username !== me.username);
  const shown = wholeDescription ? Infinity : SHOWN.description;
  return {
    ...line,
    ...(members.length > 0
      ? { members: members.slice(0, MEMBERS_SHOWN).map(({ username, role }) => `${username} (${role})`) }
      : {}),
    ...(members.length > MEMBERS_SHOWN ? { more_members: members.length - MEMBERS_SHOWN } : {}),
    ...(excluded.length > 0 ? { removed_dates: excluded.length } : {}),
    ...(overrides.length > 0 ? { changed_dates: overrides.length } : {}),
    ...(skipped.length > 0 ? { skipped: skipped.slice(0, 10).map((start) => startOf(start, event)) } : {}),
    ...(adjusted ? { adjusted: 'The clocks skip this wall time; the event was moved forward.' } : {}),
    written_by_people: {
      ...(line['written_by_people'] as object),
      ...(url ? { url: textOf(url, SHOWN.url) } : {}),
      ...(description ? { description: textOf(description, shown) } : {}),
      ...((description?.length ?? 0) > shown ? { whole_description_has: description!.length } : {}),
    },
  };
}

/** The original start of an occurrence, on the clocks of its event. */
const startOf = (start: string, { all_day, time_zone }: { all_day: boolean; time_zone: string }): string =>
  all_day ? start : wallTime(start, time_zone);

/** A conflict: whose event it is, or that it is one that the reader may not see. */
export function conflictLine(conflict: wire.ConflictView, me: Me): object {
  const { event_id, title } = conflict;
  return {
    when: when(conflict, me.time_zone, me),
    ...(event_id ? { event_id } : { event: 'one that you may not see' }),
    ...(title ? { written_by_people: { title: textOf(title, SHOWN.title) } } : {}),
  };
}

/** An entry of the changelog. Its sentence quotes what people wrote. */
export function logLine(entry: wire.LogEntryView, me: Me): object {
  const { position, version, kind, actor, at, summary, comment } = entry;
  return {
    position,
    version,
    kind,
    by: actor.username,
    at: wallTime(at, me.time_zone),
    written_by_people: {
      summary: textOf(summary, SHOWN.summary),
      ...(comment ? { comment: textOf(comment, SHOWN.comment) } : {}),
    },
  };
}

/** What a dry run says, without what it repeats of the event. */
export function dryRunOf(dry: Omit<wire.DryRunView, 'would'> & { would: unknown }, me: Me): object {
  const would = dry.would as CalendarEvent | null;
  const notified = dry.notified.map(({ username }) => username);
  return {
    dry_run: 'Nothing was stored. Call again without `dry_run` to do it.',
    changes: dry.changes.slice(0, 10).map(({ kind, changed = [], people = [], invitations = [] }) => ({
      kind,
      ...(changed.length > 0 ? { changed } : {}),
      ...(people.length > 0 ? { people: people.length } : {}),
      ...(invitations.length > 0 ? { invitations: invitations.length } : {}),
    })),
    ...(dry.conflicts.length > 0
      ? { conflicts: dry.conflicts.slice(0, 5).map((conflict) => conflictLine(conflict, me)) }
      : {}),
    would_be_notified: notified.slice(0, MEMBERS_SHOWN),
    ...(would && 'time_zone' in would ? { event: eventDetails(would, me) } : {}),
  };
}
