import { hash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { invalid } from '../../problems/problem.js';

/**
 * Returns the entity tag of an event (RFC 9110 §8.8.3), such as `"3.201544831"`: its version, and a number that changes
 * with anything else in the response, such as the members, the role of the reader and the format. It is made from the
 * response itself, so that no cause of a change can be forgotten.
 * @param text the response body as JSON, whatever its format
 */
export function versionTag(version: number, text: string, format = 'json'): string {
  const digest = hash('sha1', `${format}\n${text}`, 'hex');
  return `"${version}.${Number.parseInt(digest.slice(0, 12), 16)}"`;
}

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

/** The version that a write is based on. The second number of an entity tag is no part of it: members don't merge. */
export interface Precondition {
  version: number;
  /** True to reject a write that is based on an older version, instead of merging it (RFC 7240 `handling=strict`). */
  strict: boolean;
}

/**
 * Reads `If-Match`, an entity tag or a bare version, and `Prefer`. Returns null without `If-Match` or for `*` (any
 * version).
 * @throws Problem validation_failed if `If-Match` isn't a version
 */
export function readPrecondition(ifMatch: string | undefined, prefer: string | undefined): Precondition | null {
  if (ifMatch === undefined || ifMatch.trim() === '*') return null;
  const match = /^(?:W\/)?"?(\d{1,9})(?:\.\d{1,15})?"?$/.exec(ifMatch.trim());
  if (match) return { version: Number(match[1]), strict: /\bhandling\s*=\s*"?strict\b/i.test(prefer ?? '') };
  throw invalid({
    pointer: '/header/if-match',
    code: 'invalid',
    message: 'Must be an ETag, a version such as "3", or *.',
  });
}
