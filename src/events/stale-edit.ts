import { type ContentEdit, editContent } from '../content/edit.js';
import type { EventContent } from '../content/event-content.js';
import { differOnlyInOccurrences, listFieldClashes, mergeContent } from '../content/merge.js';
import type { Precondition } from '../platform/http/etag.js';
import { staleVersion } from './stale-version.js';
import type { Tail } from './tail.js';

/** Returns true when an edit was made for another version. */
export const isStale = (version: number, precondition: Precondition | null): precondition is Precondition =>
  precondition !== null && !precondition.versions.includes(version);

/** @throws Problem stale_version */
export function refuseStale(version: number, precondition: Precondition | null): void {
  if (isStale(version, precondition)) throw staleVersion(version);
}

/**
 * Merges an edit that was made for an older version into the current content. Pure.
 * @param base the content that the caller has read; null when the edit must not be merged
 * @param tails the events split off since. An edit merges only when all that it changes is still in this event
 * @throws Problem stale_version with the fields that both sides changed to different values, or with the tails
 */
export function mergeStaleEdit(
  base: EventContent | null,
  current: EventContent,
  version: number,
  edit: ContentEdit,
  tails: Tail[],
): EventContent {
  if (!base) throw staleVersion(version, [], tails);
  const yours = editContent(base, edit);
  if (tails.length > 0 && !differOnlyInOccurrences(base, yours)) throw staleVersion(version, [], tails);
  const merged = mergeContent(base, current, yours);
  if ('content' in merged) return merged.content;
  throw staleVersion(version, listFieldClashes(merged.clashes, base, current, yours), tails);
}
