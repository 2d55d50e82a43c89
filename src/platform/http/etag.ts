import { hash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { invalid, Problem } from '../../problems/problem.js';
import { type EntityTag, parseEntityTags } from './entity-tags.js';
import { hasPreference } from './prefer.js';

/** A cache may store data for its reader only, and has to ask before it uses it: access can end at any moment. */
export const CACHE_CONTROL = 'private, no-cache';

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

/**
 * Returns the entity tag of a response by its bytes, such as `W/"pvLjIMzzOiMOPxQrGvZtzo5cCXI"`. It is weak, since the same
 * response may be sent with and without compression (RFC 9110 §8.8.1), and nothing is written or resumed by it.
 */
export const contentTag = (body: string | Buffer): string => `W/"${hash('sha1', body, 'base64url')}"`;

/**
 * Tags the response to a read under `/api` whose handler has not done so, or replaces it by a 304. Called with the
 * serialized body, before it is compressed. A response that nobody may store gets no tag.
 */
export function tagResponse(
  request: FastifyRequest,
  reply: FastifyReply,
  body: unknown,
  done: (error: null, body: unknown) => void,
): void {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const isTagged = reply.hasHeader('etag') || reply.getHeader('cache-control') !== CACHE_CONTROL;
  if (!isRead || reply.statusCode !== 200 || isTagged) return done(null, body);
  if (typeof body !== 'string' && !Buffer.isBuffer(body)) return done(null, body);
  done(null, isNotModified(contentTag(body), request, reply) ? undefined : body);
}

/** Sets `ETag`. If `If-None-Match` contains the tag, sets the status 304 and returns true: send no body. */
export function isNotModified(tag: string, request: FastifyRequest, reply: FastifyReply): boolean {
  reply.header('etag', tag);
  const known = parseEntityTags(request.headers['if-none-match'] ?? '');
  if (known === null) return false;
  // Weak comparison (RFC 9110 §13.1.2).
  const value = tag.replace(/^W\//, '').slice(1, -1);
  if (known !== '*' && !known.some((entry) => entry.value === value)) return false;
  // The compression adds this to what it compresses, and never sees a response without a body.
  const vary = reply.getHeader('vary') as string | undefined;
  if (vary) reply.header('vary', `${vary}, accept-encoding`);
  reply.status(304).removeHeader('content-type');
  return true;
}

/**
 * Refuses a write to a resource that exists if `If-None-Match` is `*` (RFC 9110 §13.1.2).
 * @throws Problem precondition_failed
 */
export function refuseIfExists(ifNoneMatch: string | undefined): void {
  if (parseEntityTags(ifNoneMatch ?? '') === '*') throw new Problem('precondition_failed');
}

/** The version that a write is based on. The second number of an entity tag is no part of it: members don't merge. */
export interface Precondition {
  /** The newest of the versions in `If-Match`. */
  version: number;
  /** Every version in `If-Match`. A write to any of them is not stale. */
  versions: number[];
  /** True to reject a write that is based on an older version, instead of merging it (RFC 7240 `handling=strict`). */
  strict: boolean;
}

/**
 * Reads `If-Match`, entity tags or bare versions, and `Prefer`. Returns null without `If-Match` or for `*` (any version).
 * @throws Problem validation_failed if no entry of `If-Match` is a version
 */
export function readPrecondition(ifMatch: string | undefined, prefer: string | undefined): Precondition | null {
  if (ifMatch === undefined) return null;
  const tags = parseEntityTags(ifMatch);
  if (tags === '*') return null;
  // A tag that isn't a version is one of something else, which the event doesn't match.
  const versions = (tags ?? []).flatMap(toVersion);
  if (versions.length > 0) return precondition(versions, prefer);
  const message = 'Must be an ETag, a version such as "3", a list of these, or *.';
  throw invalid({ pointer: '/header/if-match', code: 'invalid', message });
}

/** Returns the precondition of a write that is based on one of these versions. */
export const precondition = (versions: number[], prefer: string | undefined): Precondition => ({
  version: Math.max(...versions),
  versions,
  strict: hasPreference(prefer, 'handling', 'strict'),
});

function toVersion({ value }: EntityTag): number[] {
  const version = /^(\d{1,9})(?:\.\d{1,15})?$/.exec(value)?.[1];
  return version === undefined ? [] : [Number(version)];
}
