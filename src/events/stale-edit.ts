import { listFieldClashes } from '../content/clashes.js';
import { type ContentEdit, editContent } from '../content/edit.js';
import type { EventContent } from '../content/event-content.js';
import { differOnlyInOccurrences, mergeContent } from '../content/merge.js';
import { findOriginal } from '../content/series-edit.js';
import type { Precondition } from '../platform/http/etag.js';
import { toInstant } from '../time/time-zone.js';
import { staleVersion } from './stale-version.js';
import { type Tail, tailsWith } from './tail.js';

/** Returns true when an edit was made for another version. */
export const isStale = (version: number, precondition: Precondition | null): precondition is Precondition =>
  precondition !== null && !precondition.versions.includes(version);

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
  const concerned = edit.target?.scope === 'this' ? tailsWith(tails, instantOf(base, edit.target.occurrence)) : tails;
  if (tails.length > 0 && !differOnlyInOccurrences(base, yours)) throw staleVersion(version, [], concerned);
  const merged = mergeContent(base, current, yours);
  if ('content' in merged) return merged.content;
  throw staleVersion(version, listFieldClashes(merged.clashes, base, current, yours), concerned);
}

/** Returns when an occurrence starts by the rule of its series. */
const instantOf = (content: EventContent, occurrence: string): Date =>
  new Date(toInstant(findOriginal(content, occurrence), content.timeZone).epochSecond * 1_000);
