import { z } from 'zod';
import type { CalendarEvent, DryRun } from '../types.js';
import {
  comment,
  eventChanges,
  eventId,
  newEvent,
  occurrence,
  onConflict,
  onConflictOfUndo,
  scope,
  version,
  write,
  writeOptions,
} from './inputs.js';
import { dryRunOf, eventDetails, MEMBERS_SHOWN } from './shown.js';
import { ANNOTATIONS, defineTool, ToolRefusal } from './tool.js';
import { isKind, lastPosition, undoOf } from './undo.js';

const isDryRun = (result: unknown): result is DryRun<CalendarEvent> =>
  typeof result === 'object' && result !== null && 'would' in result && 'notified' in result;

export const createEvent = defineTool({
  name: 'create_event',
  title: 'Create an event',
  description:
    'Books an event, or a series with `recurrence_pattern`, in the calendar of the person. Others see it only after `share_event`. When the person is busy then, nothing is stored and you get choices. To find a time first, `find_time`; to try it, `dry_run`.',
  input: { ...newEvent, on_conflict: onConflict, ...comment, ...write },
  annotations: ANNOTATIONS.writes,
  run: async ({ dry_run, idempotency_key, ...event }, { client, me }) => {
    const result = await client.events.create(event, writeOptions({ dry_run, idempotency_key }));
    if (isDryRun(result)) return dryRunOf(result, await me());
    const { id: event_id, version: now } = result;
    // A creation cannot be reverted, but what was created can be moved to the trash.
    return { event: eventDetails(result, await me()), undo: { tool: 'cancel_event', event_id, version: now } };
  },
});

export const changeEvent = defineTool({
  name: 'change_event',
  title: 'Change or move an event',
  description:
    'Changes only the arguments that you give. Of a series, `occurrence` with `scope` says which dates; without them, all of it. What others changed since your `version` is kept; if they changed the same, nothing is stored and you see both sides. To take an event away, `cancel_event`.',
  input: {
    event_id: eventId,
    version,
    occurrence,
    scope,
    ...eventChanges,
    on_conflict: onConflict,
    ...comment,
    ...write,
  },
  annotations: ANNOTATIONS.writes,
  run: async (input, context) => {
    const { event_id, version: base, occurrence: date, scope: part, dry_run, idempotency_key, ...changes } = input;
    const me = await context.me();
    const result = await context.client.events.update(event_id, changes, {
      ...writeOptions({ dry_run, idempotency_key }),
      ifMatch: base,
      occurrence: date,
      scope: part,
    });
    if (isDryRun(result)) return dryRunOf(result, me);
    const event = eventDetails(result, me);
    if (result.id !== event_id) {
      const split = await undoOf(context, event_id, ({ other_part }) => other_part?.event_id === result.id);
      return { event, split_from: event_id, ...split };
    }
    if (result.version === base) return { event, changed: false };
    return { event, ...(await undoOf(context, event_id, (entry) => isOfVersion(entry, result.version))) };
  },
});

const CONTENT = new Set(['created', 'updated', 'rolled_back', 'deleted', 'restored', 'split']);
const isOfVersion = (entry: { version: number; kind: string }, of: number): boolean =>
  entry.version === of && CONTENT.has(entry.kind);

export const cancelEvent = defineTool({
  name: 'cancel_event',
  title: 'Cancel an event, or dates of a series',
  description:
    'Moves the event to the trash, from which `restore_event` takes it; only its owner can. Of a series, `occurrence` with `scope` takes away single dates. If the event should stay visible as cancelled, `change_event` with `status`.',
  input: { event_id: eventId, version, occurrence, scope, ...write },
  annotations: ANNOTATIONS.removes,
  run: async ({ event_id, version: base, occurrence: date, scope: part, dry_run, idempotency_key }, context) => {
    const before = await lastPosition(context, event_id);
    const result = await context.client.events.delete(event_id, {
      ...writeOptions({ dry_run, idempotency_key }),
      ifMatch: base,
      occurrence: date,
      scope: part,
    });
    if (isDryRun(result)) return dryRunOf(result, await context.me());
    const what = date && part !== 'all' ? 'dates of the series' : 'event';
    const undo = await undoOf(context, event_id, isKind(before, 'deleted', 'updated', 'split'));
    return { cancelled: what, event_id, ...undo };
  },
});

export const restoreEvent = defineTool({
  name: 'restore_event',
  title: 'Take an event out of the trash',
  description: 'Takes a deleted event of the person back. `find_events` with `in_trash` lists them.',
  input: { event_id: eventId, on_conflict: onConflictOfUndo, ...comment, ...write },
  annotations: ANNOTATIONS.writes,
  run: async ({ event_id, dry_run, idempotency_key, ...body }, context) => {
    const options = writeOptions({ dry_run, idempotency_key });
    const result = await context.client.events.restore(event_id, body, options);
    const me = await context.me();
    if (isDryRun(result)) return dryRunOf(result, me);
    const undo = await undoOf(context, event_id, (entry) => isOfVersion(entry, result.version));
    return { event: eventDetails(result, me), ...undo };
  },
});

export const shareEvent = defineTool({
  name: 'share_event',
  title: 'Share an event',
  description:
    'Gives people a role on an event of the person, all or nobody: they are notified and see it in their calendars. An e-mail address is invited by mail. For somebody who is on it already, the role changes. To take a role away, `unshare_event`.',
  input: {
    event_id: eventId,
    people: z
      .array(
        z.strictObject({
          username: z.string().min(1).max(80).optional().describe('The complete user name,'),
          email: z.string().max(254).optional().describe('or an e-mail address; one of the two.'),
          role: z.enum(['viewer', 'editor']).describe('An editor can change the event, a viewer cannot.'),
        }),
      )
      .min(1)
      .max(50),
    ...write,
  },
  annotations: ANNOTATIONS.writes,
  run: async ({ event_id, people, dry_run, idempotency_key }, context) => {
    const before = await lastPosition(context, event_id);
    const result = await context.client.events.share(event_id, people, writeOptions({ dry_run, idempotency_key }));
    if ('would' in result) return dryRunOf(result, await context.me());
    const { items, invitations } = result;
    const undo = await undoOf(
      context,
      event_id,
      isKind(before, 'shared', 'role_changed', 'invited', 'invitation_changed'),
    );
    return {
      event_id,
      members: items.slice(0, MEMBERS_SHOWN).map(({ username, role }) => `${username} (${role})`),
      ...(items.length > MEMBERS_SHOWN ? { more_members: items.length - MEMBERS_SHOWN } : {}),
      ...(invitations.length > 0 ? { invited: invitations.length } : {}),
      ...undo,
    };
  },
});

export const unshareEvent = defineTool({
  name: 'unshare_event',
  title: 'Take a member off an event',
  description: 'Ends the access of one member of an event of the person, or lets the person leave it.',
  input: { event_id: eventId, username: z.string().min(1).max(80), ...write },
  annotations: ANNOTATIONS.removes,
  run: async ({ event_id, username, dry_run, idempotency_key }, context) => {
    const { client } = context;
    const person = await client.users.find({ username });
    if (!person) throw new ToolRefusal(`There is nobody with the user name ${username}.`);
    const before = await lastPosition(context, event_id);
    const result = await client.events.revoke(event_id, person.id, writeOptions({ dry_run, idempotency_key }));
    const me = await context.me();
    if (result) return dryRunOf(result, me);
    // Whoever left the event cannot read what happened to it.
    const undo = person.id === me.id ? {} : await undoOf(context, event_id, isKind(before, 'revoked'));
    return { event_id, no_longer_on_it: person.username, ...undo };
  },
});

export const undoChange = defineTool({
  name: 'undo_change',
  title: 'Undo a change',
  description:
    'Takes back one change of an event, of content or of members, and keeps everything later. The `position` is in the result of the write, or in `read_history`. The undo is a change itself and can be undone.',
  input: {
    event_id: eventId,
    position: z.int().min(1),
    on_conflict: onConflictOfUndo,
    ...comment,
    ...write,
  },
  annotations: ANNOTATIONS.writes,
  run: async ({ event_id, position, dry_run, idempotency_key, ...body }, context) => {
    const before = await lastPosition(context, event_id);
    const options = writeOptions({ dry_run, idempotency_key });
    const result = await context.client.events.undo(event_id, position, body, options);
    const me = await context.me();
    if ('would' in result) return dryRunOf(result, me);
    const undo = await undoOf(context, event_id, (entry) => entry.position > before);
    return { ...('time_zone' in result ? { event: eventDetails(result, me) } : { event_id }), ...undo };
  },
});
