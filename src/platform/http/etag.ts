import type { FastifyReply, FastifyRequest } from 'fastify';
import { invalid } from '../../problems/problem.js';

/** The entity tag of an event is its version number (RFC 9110 §8.8.3). */
export const versionTag = (version: number): string => `"${version}"`;

/** Sets `ETag`; true when the caller's `If-None-Match` already names it, and the answer is 304 without a body. */
export function isNotModified(tag: string, request: FastifyRequest, reply: FastifyReply): boolean {
  reply.header('etag', tag);
  const known = request.headers['if-none-match'];
  if (!known) return false;
  const tags = known.split(',').map((part) => part.trim().replace(/^W\//, ''));
  if (!tags.includes('*') && !tags.includes(tag)) return false;
  reply.status(304);
  return true;
}

/** The version that a write was made for. */
export interface Precondition {
  version: number;
  /** Refuse if the event is further on, instead of merging (RFC 7240 `handling=strict`). */
  strict: boolean;
}

/**
 * What `If-Match` and `Prefer` demand; null for no version or for `*` (whatever is there).
 * @throws Problem validation_failed when it is no entity tag of ours
 */
export function readPrecondition(ifMatch: string | undefined, prefer: string | undefined): Precondition | null {
  if (ifMatch === undefined || ifMatch.trim() === '*') return null;
  const match = /^(?:W\/)?"?(\d{1,9})"?$/.exec(ifMatch.trim());
  if (match) return { version: Number(match[1]), strict: /\bhandling\s*=\s*"?strict\b/i.test(prefer ?? '') };
  throw invalid({ pointer: '/header/if-match', code: 'invalid', message: 'Must be a version such as "3", or *.' });
}
