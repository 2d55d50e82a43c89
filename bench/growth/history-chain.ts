import { createHash } from 'node:crypto';
import { type Change, isMembersChange } from '../../src/history/change.js';
import type { HistoryEntry, LastEntry } from '../../src/history/history-entry.js';
import { canonicalJson, contentHash, historyHash } from '../../src/history/history-hash.js';

/** Numbers and hashes the changes of events, as the server does before COMMIT. */
export class HistoryChain {
  private readonly last = new Map<string, LastEntry>();

  /**
   * Returns the place of the next change of its event in history.
   * @param snapshot canonical JSON of the content after the change; null for a change of members
   */
  append(change: Change, snapshot: string | null): LastEntry {
    const before = this.last.get(change.eventId);
    const position = (before?.position ?? 0) + 1;
    const { eventId, version, kind, actorId, at, comment } = change;
    const members = isMembersChange(change) ? change.members : null;
    const entry: HistoryEntry = {
      ...{ eventId, position, version, kind, actorId, at, comment, members },
      ...{ changed: null, snapshot: null },
    };
    const content = isMembersChange(change) ? contentHash(entry) : hashContent(comment, change.changed, snapshot!);
    const last = { position, hash: historyHash(before?.hash ?? null, entry, content) };
    this.last.set(eventId, last);
    return last;
  }

  /** Releases the memory for an event that changes no more. */
  end(eventId: string): void {
    this.last.delete(eventId);
  }
}

/** The same as `contentHash`, for a snapshot that is canonical JSON already. */
function hashContent(comment: string | null, changed: string[], snapshot: string): string {
  const text = `[${canonicalJson(comment)},${canonicalJson(changed)},${snapshot},null]`;
  return createHash('sha256').update(text).digest('hex');
}
