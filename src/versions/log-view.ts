import { wireContent } from '../events/event-content.js';
import { fromSnapshot, type Snapshot } from '../events/event-snapshot.js';
import { difference } from './diff.js';
import type { LogRecord } from './history.repository.js';
import type { LogChangeView, LogEntryView } from './versions.dto.js';

/** One line of the changelog; `names` knows the people whose roles changed. */
export function logEntryView(record: LogRecord, names: Map<string, string>): LogEntryView {
  const { changes, sentences } = record.people ? peopleChanges(record, names) : contentChanges(record);
  return {
    position: record.position,
    version: record.version,
    kind: record.kind,
    actor: record.actor,
    at: record.at.toISOString(),
    comment: record.comment,
    previous_version: record.people ? record.version : record.version - 1 || null,
    size: textLength(record.snapshot) - textLength(record.before),
    summary: [OPENING[record.kind], ...sentences].filter(Boolean).join('. '),
    changes,
  };
}

const textLength = (snapshot: Snapshot | null): number =>
  snapshot ? [snapshot.title, snapshot.description, snapshot.location].join('').length : 0;

const OPENING: Partial<Record<LogRecord['kind'], string>> = {
  created: 'Created',
  rolled_back: 'Rolled back',
  deleted: 'Deleted',
  restored: 'Restored',
};

interface Told {
  changes: LogChangeView[];
  sentences: string[];
}

function contentChanges({ kind, snapshot, before }: LogRecord): Told {
  const after = wireContent(fromSnapshot(snapshot!));
  const { changes, summary } = difference(before && wireContent(fromSnapshot(before)), after, false);
  return {
    changes: Object.entries(changes).map(([field, change]) => ({ field, ...change })),
    // The opening word says it already.
    sentences: kind === 'created' || kind === 'deleted' || kind === 'restored' ? [] : summary,
  };
}

function peopleChanges({ people }: LogRecord, names: Map<string, string>): Told {
  const changes: LogChangeView[] = [];
  const sentences: string[] = [];
  for (const { userId, from, to } of people!) {
    const username = names.get(userId) ?? 'somebody';
    const type = from === null ? 'added' : to === null ? 'removed' : 'changed';
    changes.push({ field: 'permissions', from, to, type, person: { id: userId, username } });
    if (type === 'added') sentences.push(`Shared with ${username} as ${to}`);
    else if (type === 'removed') sentences.push(`${username} removed (was ${from})`);
    else sentences.push(`Role of ${username} changed from ${from} to ${to}`);
  }
  return { changes, sentences };
}
