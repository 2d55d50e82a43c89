import type { FastifyReply, FastifyRequest } from 'fastify';
import { invalid } from '../../problems/problem.js';

/** Returns the entity tag of an event: its version number in quotes (RFC 9110 §8.8.3). */
export const versionTag = (version: number): string => `"${version}"`;

/** Sets `ETag`. If `If-None-Match` contains the tag, sets the status 304 and returns true: send no body. */
export function isNotModified(tag: string, request: FastifyRequest, reply: FastifyReply): boolean {
  reply.header('etag', tag);
  const known = request.headers['if-none-match'];
  if (!known) return false;
  const tags = known.split(',').map((part) => part.trim().replace(/^W\//, ''));
  if (!tags.includes('*') && !tags.includes(tag)) return false;
  reply.status(304);
  return true;
}

/** The version that a write is based on. */
export interface Precondition {
  version: number;
  /** True to reject a write that is based on an older version, instead of merging it (RFC 7240 `handling=strict`). */
  strict: boolean;
}

/**
 * Reads `If-Match` and `Prefer`. Returns null without `If-Match` or for `*` (any version).
 * @throws Problem validation_failed if `If-Match` isn't a version
 */
export function readPrecondition(ifMatch: string | undefined, prefer: string | undefined): Precondition | null {
  if (ifMatch === undefined || ifMatch.trim() === '*') return null;
  const match = /^(?:W\/)?"?(\d{1,9})"?$/.exec(ifMatch.trim());
  if (match) return { version: Number(match[1]), strict: /\bhandling\s*=\s*"?strict\b/i.test(prefer ?? '') };
  throw invalid({ pointer: '/header/if-match', code: 'invalid', message: 'Must be a version such as "3", or *.' });
}
