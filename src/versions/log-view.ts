import { camelCase } from '../content/columns.js';
import type { EventContent } from '../content/event-content.js';
import { PLAIN_NAMES, plainFieldOf } from '../content/fields.js';
import { compareFields } from '../content/diff.js';
import type { ChangelogEntry } from '../history/history.service.js';
import type { InvitationChange } from '../permissions/member.js';
import { describeAcceptance, describeInvitations, describeMembers, describeVersion } from './log-words.js';
import { type LogChangeView, type LogEntryView, redactionView } from './versions.dto.js';

/**
 * Returns an entry of the changelog.
 * @param names user names of the people whose roles changed, by id
 */
export function logEntryView(record: ChangelogEntry, names: Map<string, string>): LogEntryView {
  const { changes, sentences } = record.members ? viewMembers(record, names) : viewContent(record);
  return {
    position: record.position,
    version: record.version,
    kind: record.kind,
    actor: record.actor,
    at: record.at.toISOString(),
    comment: record.comment,
    previous_version: record.members ? record.version : record.version - 1 || null,
    size: textLength(record.content) - textLength(record.before),
    summary: sentences.join('. '),
    changes,
    ...(record.otherPart ? { other_part: { event_id: record.otherPart.eventId, title: record.otherPart.title } } : {}),
    ...redactionView(record),
  };
}

const TEXTS = PLAIN_NAMES.filter((name) => plainFieldOf(name).isText);

const textLength = (content: EventContent | null): number =>
  content ? TEXTS.map((name) => content[camelCase(name)] ?? '').join('').length : 0;

interface Description {
  changes: LogChangeView[];
  sentences: string[];
}

function viewContent(entry: ChangelogEntry): Description {
  const { before, content, changed } = entry;
  // Next to a redacted text, only the stored list knows whether the text changed.
  const changes = Object.entries(compareFields(before, content!)).filter(([field]) => changed.includes(field));
  return {
    changes: changes.map(([field, change]) => ({ field, ...change })),
    sentences: describeVersion(entry, new Set(changes.map(([field]) => field))),
  };
}

function viewMembers(entry: ChangelogEntry, names: Map<string, string>): Description {
  const { members, invitations, actor, kind } = entry;
  const nameOf = (userId: string): string => names.get(userId) ?? 'somebody';
  const people = members!.map(({ userId, invitationId, ...roles }) => ({
    ...viewRoles(roles),
    person: { id: userId, username: nameOf(userId) },
    ...(invitationId && { invitation_id: invitationId }),
  }));
  const invited = invitations.map(({ invitationId, ...roles }) => ({
    ...viewRoles(roles),
    invitation_id: invitationId,
  }));
  const isAcceptance = kind === 'invitation_accepted';
  const sentences = isAcceptance ? members!.map(describeAcceptance) : describeMembers(members!, actor.id, nameOf);
  return { changes: [...people, ...invited], sentences: [...sentences, ...describeInvitations(invitations)] };
}

const viewRoles = ({ from, to }: Pick<InvitationChange, 'from' | 'to'>): LogChangeView => ({
  field: 'permissions',
  from,
  to,
  type: from === null ? 'added' : to === null ? 'removed' : 'changed',
});
