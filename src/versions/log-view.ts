import { camelCase } from '../content/columns.js';
import type { EventContent } from '../content/event-content.js';
import { PLAIN_NAMES, plainFieldOf } from '../content/fields.js';
import { compareFields } from '../content/diff.js';
import type { ChangelogEntry } from '../history/history.service.js';
import { describeMembers, describeVersion } from './log-words.js';
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

function viewMembers({ members, actor }: ChangelogEntry, names: Map<string, string>): Description {
  const nameOf = (userId: string): string => names.get(userId) ?? 'somebody';
  return {
    changes: members!.map(({ userId, from, to }) => ({
      field: 'permissions',
      from,
      to,
      type: from === null ? 'added' : to === null ? 'removed' : 'changed',
      person: { id: userId, username: nameOf(userId) },
    })),
    sentences: describeMembers(members!, actor.id, nameOf),
  };
}
