import { Problem } from '../problems/problem.js';

/** Why a request is not that of somebody who is signed in. */
const REASONS = {
  missing: 'The request has no access token. Send the header `Authorization: Bearer <access token>`.',
  not_bearer: 'The `Authorization` header must be `Bearer <access token>`.',
  expired: 'The access token has expired. Refresh it at `POST /api/auth/refresh`, or sign in again.',
  not_valid: 'The access token is not valid. Send an `access_token` of this server, whole and unchanged.',
  ended: 'The session of the access token has ended. Sign in again.',
} as const;

/** RFC 6750 §3.1: a request without credentials has no error code. */
const CHALLENGE = { 'www-authenticate': 'Bearer realm="convene", error="invalid_token"' };

/**
 * Returns a 401 that says what is wrong with the token. Only a client with a token of this server learns that its session
 * has ended.
 */
export function unauthenticated(reason: keyof typeof REASONS): Problem {
  const hasToken = reason !== 'missing' && reason !== 'not_bearer';
  return new Problem('unauthenticated', { detail: REASONS[reason], ...(hasToken ? { headers: CHALLENGE } : {}) });
}
