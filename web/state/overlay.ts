import type { Item, Target } from '../api.js';
import type { CreateEventBody } from '../../sdk/index.js';
import type { Change } from '../event/changes.js';
import { addDays, daysBetween, instantOf } from '../time/zoned.js';
import type { Edit } from './offline-edit.js';

type Person = Item['owner'];

/** A time of a change as lists have it: an instant, or a day. */
export function asInstant(time: string, zone: string): string {
  if (!time.includes('T')) return time;
  return /Z$|[+-]\d\d:\d\d$/.test(time) ? new Date(time).toISOString() : instantOf(time.slice(0, 16), zone);
}

const originalOf = (item: Item): string => item.occurrence?.original_start ?? item.start_time;

/** Whether the edit is about this item: the event, or one of its dates. */
function isMeant(item: Item, { id, target }: { id: string; target: Target }): boolean {
  if (item.id !== id) return false;
  if (!target.occurrence || target.scope === 'all' || !item.occurrence) return true;
  const [mine, named] = [originalOf(item), target.occurrence];
  return target.scope === 'following' ? mine >= named : mine === named;
}

/** From one time to another, of instants in milliseconds and of days in days. */
const distance = (from: string, to: string): number =>
  from.includes('T') ? new Date(to).getTime() - new Date(from).getTime() : daysBetween(from, to);
const later = (time: string, by: number): string =>
  time.includes('T') ? new Date(new Date(time).getTime() + by).toISOString() : addDays(time, by);

const CONTENT = ['title', 'description', 'location', 'url', 'show_as', 'status', 'time_zone', 'all_day'] as const;

function withChange(items: Item[], id: string, change: Change, target: Target): Item[] {
  const named = items.find((item) => item.id === id && (!target.occurrence || originalOf(item) === target.occurrence));
  const content = Object.fromEntries(CONTENT.filter((name) => name in change).map((name) => [name, change[name]]));
  return items.map((item) => {
    if (!isMeant(item, { id, target })) return item;
    const changed = { ...item, ...content };
    const [start, end] = [item.occurrence?.start_time ?? item.start_time, item.occurrence?.end_time ?? item.end_time];
    let times = { start_time: start, end_time: end };
    if (change.start_time && change.end_time) {
      const to = {
        start_time: asInstant(change.start_time, changed.time_zone),
        end_time: asInstant(change.end_time, changed.time_zone),
      };
      const before = named?.occurrence?.start_time ?? named?.start_time ?? start;
      const sameKind = before.includes('T') === to.start_time.includes('T');
      if (item === named || !sameKind) times = to;
      else {
        const moved = later(start, distance(before, to.start_time));
        times = { start_time: moved, end_time: later(moved, distance(to.start_time, to.end_time)) };
      }
    }
    return item.occurrence
      ? { ...changed, occurrence: { ...item.occurrence, ...times } }
      : // The start of a series is that of its first date.
        { ...changed, ...(item.is_recurring && item !== named ? {} : times) };
  });
}

/** An event that exists only here. */
export function localItem(id: string, body: CreateEventBody, owner: Person, at: number): Item {
  const zone = body.time_zone ?? 'UTC';
  const when = new Date(at).toISOString();
  return {
    description: null,
    location: null,
    url: null,
    show_as: 'busy',
    status: 'confirmed',
    all_day: false,
    time_zone: zone,
    ...(Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as object),
    title: body.title,
    id,
    uid: id,
    start_time: asInstant(body.start_time, zone),
    end_time: asInstant(body.end_time, zone),
    is_recurring: Boolean(body.recurrence_pattern),
    recurrence_pattern: typeof body.recurrence_pattern === 'object' ? body.recurrence_pattern : null,
    rrule: null,
    series_id: id,
    split_from: null,
    version: 0,
    owner,
    role: 'owner',
    can: ['read', 'edit', 'delete'],
    created_at: when,
    updated_at: when,
    updated_by: owner,
  } as Item;
}

/**
 * The items as they will be once the edits are sent. Applied to items that have them already, it changes nothing. Of a
 * series that is created or whose rule is changed, only what is known without the server is shown.
 */
export function withEdits(items: Item[], edits: readonly Edit[], me: Person): Item[] {
  let shown = items;
  for (const edit of edits) {
    const { subject, target } = edit;
    if (edit.kind === 'create') shown = [...shown, localItem(subject.id, edit.change, me, edit.at)];
    else if (edit.kind === 'update') shown = withChange(shown, subject.id, edit.change, target);
    else shown = shown.filter((item) => !isMeant(item, { id: subject.id, target }));
  }
  return shown;
}
