import { listFieldClashes } from '../content/clashes.js';
import { type ContentEdit, editContent } from '../content/edit.js';
import type { EventContent } from '../content/event-content.js';
import { differOnlyInOccurrences, mergeContent } from '../content/merge.js';
import { seriesOf } from '../content/series.js';
import { findOriginal } from '../content/series-edit.js';
import type { Precondition } from '../platform/http/etag.js';
import { occurrenceAt } from '../recurrence/expand.js';
import { toInstant } from '../time/time-zone.js';
import { staleVersion, versionNeverExisted } from './stale-version.js';
import { type Tail, tailsWith } from './tail.js';

/** Returns true when a write was made for an earlier version. @throws Problem stale_version for one that never existed */
export function isStale(version: number, precondition: Precondition | null): precondition is Precondition {
  if (precondition === null || precondition.versions.includes(version)) return false;
  if (precondition.version > version || precondition.version < 1) throw versionNeverExisted(version);
  return true;
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
  const concerned =
    edit.target?.scope === 'this' ? concernedTails(tails, base, current, edit.target.occurrence) : tails;
  if (tails.length > 0 && !differOnlyInOccurrences(base, yours)) throw staleVersion(version, [], concerned);
  const merged = mergeContent(base, current, yours);
  if ('content' in merged) return merged.content;
  throw staleVersion(version, listFieldClashes(merged.clashes, base, current, yours), concerned);
}

/** Returns the tail in which an occurrence is now; none when it is still in this event. */
function concernedTails(tails: Tail[], base: EventContent, current: EventContent, occurrence: string): Tail[] {
  const original = findOriginal(base, occurrence);
  if (occurrenceAt(seriesOf({ ...current, excluded: [] }), original)) return [];
  return tailsWith(tails, new Date(toInstant(original, base.timeZone).epochSecond * 1_000));
}
