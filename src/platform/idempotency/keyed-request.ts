import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { invalid } from '../../problems/problem.js';
import { hasPreference } from '../http/prefer.js';

export const IDEMPOTENCY_KEY = 'Idempotency-Key';
const POINTER = '/header/idempotency-key';

/** A request with an idempotency key. */
export interface KeyedRequest {
  userId: string;
  key: string;
  /** A hash that identifies the request: another request with the same key has another fingerprint. */
  fingerprint: string;
}

/** Reads the key of a request; null if it has none. @throws Problem validation_failed if the key is malformed */
export function readKeyedRequest(request: FastifyRequest): KeyedRequest | null {
  const key = request.headers[IDEMPOTENCY_KEY.toLowerCase()];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !/^[ -~]{1,255}$/.test(key)) {
    throw invalid({ pointer: POINTER, code: 'invalid', message: 'Must be 1–255 printable ASCII characters.' });
  }
  return { userId: request.actor!.userId, key, fingerprint: fingerprint(request) };
}

export const keyReused = (): Error =>
  invalid({ pointer: POINTER, code: 'key_reused', message: 'Another request used this key. Send a new key.' });

/**
 * Returns the same hash for equal bodies in JSON and MessagePack, whatever the order of their members. The version that a
 * change is based on, and whether it may be merged, are part of it.
 */
function fingerprint({ method, url, query, body, headers }: FastifyRequest): string {
  const path = url.split('?')[0]!.replace(/\/+$/, '').toLowerCase();
  const conditions = {
    ifMatch: headers['if-match'],
    ifNoneMatch: headers['if-none-match'],
    strict: hasPreference(headers['prefer'], 'handling', 'strict'),
  };
  const isConditional = Object.values(conditions).some(Boolean);
  return createHash('sha256')
    .update(canonical([method, path, query, body ?? null, ...(isConditional ? [conditions] : [])]))
    .digest('base64url');
}

function canonical(value: unknown): string {
  if (value instanceof Uint8Array) return createHash('sha256').update(value).digest('base64url');
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`);
  return `{${members.join(',')}}`;
}
