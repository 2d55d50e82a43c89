import { type ContentEdit, editContent } from '../content/edit.js';
import type { EventContent } from '../content/event-content.js';
import { listFieldClashes, mergeContent } from '../content/merge.js';
import type { Precondition } from '../platform/http/etag.js';
import { staleVersion } from './stale-version.js';

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
 * @throws Problem stale_version with the fields that both sides changed to different values
 */
export function mergeStaleEdit(
  base: EventContent | null,
  current: EventContent,
  version: number,
  edit: ContentEdit,
): EventContent {
  if (!base) throw staleVersion(version);
  const yours = editContent(base, edit);
  const merged = mergeContent(base, current, yours);
  if ('content' in merged) return merged.content;
  throw staleVersion(version, listFieldClashes(merged.clashes, base, current, yours));
}
