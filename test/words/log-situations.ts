import { EMPTY_CONTENT, type EventContent } from '../../src/content/event-content.js';
import { splitContent } from '../../src/content/edit.js';
import { findChangedFields, wireContent } from '../../src/content/wire.js';
import type { ContentChange, ContentKind, MemberKind, MembersChange } from '../../src/history/change.js';
import type { ChangelogEntry } from '../../src/history/history.service.js';
import { summarise } from '../../src/notifications/change-summary.js';
import { newStreamItem } from '../../src/notifications/new-stream-item.js';
import { toNotificationMessage } from '../../src/notifications/notification-message.js';
import type { RoleChange } from '../../src/permissions/member.js';
import type { Role } from '../../src/permissions/role.js';
import { logEntryView } from '../../src/versions/log-view.js';
import { contentOf } from '../support/contents.js';

/** An entry of the changelog, and the message that Ben receives about it; Ana is the actor. */
export interface LogSituation {
  what: string;
  summary: string;
  messages: string[];
}

const AT = new Date('2026-05-04T09:30:00Z');
const NAMES = { ana: 'Ana', ben: 'Ben', cid: 'Cid', dee: 'Dee' };
const LUNCH = contentOf({ title: 'Lunch' }, 'Europe/Paris');
const STANDUP = contentOf({ title: 'Standup', recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO' }, 'Europe/Paris');
const FAIR = contentOf({ title: 'Fair', start_time: '2026-06-09', end_time: '2026-06-12', all_day: true });

const ENTRY = { eventId: 'event', version: 4, actorId: 'ana', at: AT, comment: null };

/** What Ben and Ana read when a version is written. */
function written(
  what: string,
  kind: ContentKind,
  before: EventContent | null,
  content: EventContent,
  { undoes = null, ...rest }: Partial<ChangelogEntry> = {},
): LogSituation {
  const changed = findChangedFields(before ? wireContent(before) : EMPTY_CONTENT, wireContent(content));
  const version = before ? 4 : 1;
  const change: ContentChange = {
    ...{ ...ENTRY, version, kind, eventTitle: content.title },
    ...{ changed, content, before, undoes },
  };
  const entry = { ...entryOf(kind), changed, content, before, undoes, version, ...rest };
  const { summary } = logEntryView(entry, new Map());
  return { what, summary, messages: ['ben', 'ana'].map((userId) => messageOf(change, userId)) };
}

const entryOf = (kind: ChangelogEntry['kind']): ChangelogEntry => ({
  ...{ position: 5, version: 4, kind, actor: { id: 'ana', username: 'Ana' }, at: AT, comment: null, changed: [] },
  ...{
    content: null,
    before: null,
    undoes: null,
    otherPart: null,
    partMembers: [],
    members: null,
    invitations: [],
    redaction: null,
  },
});

function messageOf(
  change: ContentChange | MembersChange,
  userId: string,
  names: Record<string, string> = NAMES,
): string {
  const item = newStreamItem(change, userId, summarise(change));
  return toNotificationMessage({ ...item, seq: 1, actorName: names[change.actorId]!, names, visible: true });
}

/** What Ben and Dee read when roles change. */
function shared(what: string, kind: MemberKind, members: RoleChange[], actorId = 'ana'): LogSituation {
  const names = new Map<string, string>(Object.entries(NAMES));
  for (const { userId } of members) names.set(userId, names.get(userId) ?? userId);
  const actor = { id: actorId, username: names.get(actorId)! };
  const { summary } = logEntryView({ ...entryOf(kind), actor, members }, names);
  const change: MembersChange = { ...ENTRY, actorId, kind, eventTitle: 'Lunch', members };
  return {
    what,
    summary,
    messages: ['ben', 'dee'].map((userId) => messageOf(change, userId, Object.fromEntries(names))),
  };
}

const role = (userId: string, from: Role | null, to: Role | null): RoleChange => ({ userId, from, to });
const many = (count: number, to: Role): RoleChange[] =>
  Array.from({ length: count }, (_, index) => role(`person-${index + 1}`, null, to));

const moved = (content: EventContent): EventContent => ({ ...content, title: 'Dinner', location: 'Room 4' });
const trashed = (content: EventContent): EventContent => ({ ...content, deletedAt: AT });
const target = { occurrence: '2026-06-15T10:00', scope: 'following' as const };
const { head, tail } = splitContent(STANDUP, { input: { title: 'Retro' }, target, timeZone: 'Europe/Paris' })!;
const partMembers = [
  { username: 'Ana', role: 'owner' as const },
  { username: 'Ben', role: 'editor' as const },
];

export const LOG_SITUATIONS: Record<string, LogSituation[]> = {
  'Creating, deleting and restoring': [
    written('a new event', 'created', null, LUNCH),
    written('a new series', 'created', null, STANDUP),
    written('a new all-day event', 'created', null, FAIR),
    written('to the trash', 'deleted', LUNCH, trashed(LUNCH)),
    written('back from the trash', 'restored', trashed(LUNCH), LUNCH),
    written('back from the trash without a date that clashed', 'restored', trashed(STANDUP), {
      ...STANDUP,
      excluded: ['2026-06-08T10:00:00'],
    }),
  ],
  Undoing: [
    written('to version 2', 'rolled_back', LUNCH, moved(LUNCH), { undoes: { rolledBackTo: 2 } }),
    written('to version 2 in some fields', 'rolled_back', LUNCH, moved(LUNCH), {
      undoes: { rolledBackTo: 2, fields: ['title', 'location'] },
    }),
    written('the change of version 2', 'rolled_back', LUNCH, moved(LUNCH), { undoes: { reverted: 2 } }),
    written('the change of version 2, with a comment', 'rolled_back', LUNCH, moved(LUNCH), {
      undoes: { reverted: 2 },
      comment: 'That was a mistake',
    }),
    written('a deletion', 'rolled_back', trashed(LUNCH), LUNCH, { undoes: { rolledBackTo: 2 } }),
    written('by an earlier release', 'rolled_back', LUNCH, moved(LUNCH)),
  ],
  Splitting: [
    written('the end of the first part', 'split', STANDUP, head, {
      otherPart: { eventId: 'tail', title: 'Retro' },
      partMembers,
    }),
    written('the end of the first part, for a reader who may not see the second', 'split', STANDUP, head, {
      partMembers,
    }),
    written('the second part', 'split', null, tail, { otherPart: { eventId: 'head', title: 'Standup' }, partMembers }),
    written('the second part, for a reader who may not see the first', 'split', null, tail, { partMembers }),
  ],
  Sharing: [
    shared('with one person', 'shared', [role('ben', null, 'editor')]),
    shared('with two in one role', 'shared', [role('ben', null, 'viewer'), role('cid', null, 'viewer')]),
    shared('with two in two roles', 'shared', [role('ben', null, 'viewer'), role('cid', null, 'editor')]),
    shared('with ten people', 'shared', many(10, 'viewer')),
    shared('with a hundred people', 'shared', many(100, 'viewer')),
    shared('another role', 'role_changed', [role('ben', 'viewer', 'editor')]),
    shared('another role for two', 'role_changed', [role('ben', 'viewer', 'editor'), role('cid', 'viewer', 'editor')]),
    shared('two roles', 'role_changed', [role('ben', 'viewer', 'editor'), role('cid', 'editor', 'viewer')]),
    shared('removing one', 'revoked', [role('ben', 'viewer', null)]),
    shared('removing three', 'revoked', [
      role('cid', 'viewer', null),
      role('ben', 'editor', null),
      role('eva', 'viewer', null),
    ]),
    shared('leaving', 'revoked', [role('cid', 'editor', null)], 'cid'),
    shared('handing over', 'ownership_transferred', [role('ana', 'owner', 'editor'), role('ben', 'editor', 'owner')]),
    shared(
      'handing back',
      'ownership_transferred',
      [role('ben', 'owner', 'editor'), role('ana', 'editor', 'owner')],
      'ben',
    ),
  ],
};
