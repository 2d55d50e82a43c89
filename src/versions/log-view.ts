import { camelCase } from '../content/columns.js';
import type { EventContent } from '../content/event-content.js';
import { PLAIN_NAMES, plainFieldOf } from '../content/fields.js';
import { wireContent } from '../content/wire.js';
import { compareContents } from '../content/diff.js';
import type { ChangelogEntry } from '../history/history.service.js';
import { type LogChangeView, type LogEntryView, redactionView } from './versions.dto.js';

/**
 * Returns an entry of the changelog.
 * @param names user names of the people whose roles changed, by id
 */
export function logEntryView(record: ChangelogEntry, names: Map<string, string>): LogEntryView {
  const { changes, sentences } = record.members ? describeMemberChanges(record, names) : describeContentChanges(record);
  return {
    position: record.position,
    version: record.version,
    kind: record.kind,
    actor: record.actor,
    at: record.at.toISOString(),
    comment: record.comment,
    previous_version: record.members ? record.version : record.version - 1 || null,
    size: textLength(record.content) - textLength(record.before),
    summary: [OPENING[record.kind], ...sentences].filter(Boolean).join('. '),
    changes,
    ...redactionView(record),
  };
}

const TEXTS = PLAIN_NAMES.filter((name) => plainFieldOf(name).isText);

const textLength = (content: EventContent | null): number =>
  content ? TEXTS.map((name) => content[camelCase(name)] ?? '').join('').length : 0;

const OPENING: Partial<Record<ChangelogEntry['kind'], string>> = {
  created: 'Created',
  rolled_back: 'Rolled back',
  deleted: 'Deleted',
  restored: 'Restored',
};

interface Description {
  changes: LogChangeView[];
  sentences: string[];
}

function describeContentChanges({ kind, content, before }: ChangelogEntry): Description {
  const after = wireContent(content!);
  const { changes, summary } = compareContents(before && wireContent(before), after, false);
  return {
    changes: Object.entries(changes).map(([field, change]) => ({ field, ...change })),
    // The opening word is enough.
    sentences: kind === 'created' || kind === 'deleted' || kind === 'restored' ? [] : summary,
  };
}

function describeMemberChanges({ members }: ChangelogEntry, names: Map<string, string>): Description {
  const changes: LogChangeView[] = [];
  const sentences: string[] = [];
  for (const { userId, from, to } of members!) {
    const username = names.get(userId) ?? 'somebody';
    const type = from === null ? 'added' : to === null ? 'removed' : 'changed';
    changes.push({ field: 'permissions', from, to, type, person: { id: userId, username } });
    if (type === 'added') sentences.push(`Shared with ${username} as ${to}`);
    else if (type === 'removed') sentences.push(`${username} removed (was ${from})`);
    else sentences.push(`Role of ${username} changed from ${from} to ${to}`);
  }
  return { changes, sentences };
}
