import type { Refusal } from '../api.js';
import { words } from '../words/en.js';

/** Why the server refused, in a sentence. */
export function reason(refusal: Refusal): string {
  const { code, problem } = refusal;
  if (code === 'forbidden') return words.refused.forbidden;
  if (code === 'unreachable' || code === 'unavailable') return words.refused.unreachable;
  if (code === 'rate_limited') return words.refused.rateLimited(refusal.retryAfter ?? 1);
  if (code === 'not_found') return words.refused.notFound;
  if (code === 'event_conflict') return words.refused.conflict;
  if (code === 'later_changes') return words.refused.laterChanges;
  if (code === 'split_waits') return words.refused.splitWaits;
  return problem.errors?.[0]?.message ?? problem.detail ?? problem.title;
}
