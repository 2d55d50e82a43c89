interface ProblemKind {
  status: number;
  title: string;
  /** Shown on the page `/problems/{code}`: what it means and what the caller can do. */
  help: string;
}

const kind = (status: number, title: string, help: string): ProblemKind => ({ status, title, help });

/**
 * Every way in which the server says no. Closed: a code that isn't here can't be sent, and each has a page at
 * `/problems/{code}` (RFC 9457 §3.1.1: the type is a page that explains the problem).
 */
export const PROBLEMS = {
  unreadable_body: kind(400, 'The body could not be read', 'Send well-formed JSON or MessagePack.'),
  bad_request: kind(400, 'The request could not be read', 'Check the request line and the headers.'),
  unauthenticated: kind(
    401,
    'Sign in first',
    'Send `Authorization: Bearer <access token>` with a token that is neither expired nor signed out. Refresh it or log in again.',
  ),
  wrong_credentials: kind(401, 'Name or password is wrong', 'Check both and try again.'),
  refresh_token_invalid: kind(
    401,
    'The refresh token is not valid',
    'It was used before, has expired, or its session has ended. Log in again.',
  ),
  forbidden: kind(403, 'Your role does not allow that', 'Ask the owner of the event for a higher role.'),
  not_found: kind(404, 'Nothing here for you', 'It does not exist, or it is not shared with you.'),
  method_not_allowed: kind(405, 'This address does not take that method', 'See the Allow header.'),
  not_acceptable: kind(
    406,
    'None of the accepted formats can be made',
    'Accept `application/json` or `application/msgpack`.',
  ),
  request_timeout: kind(408, 'The request took too long to arrive', 'Send it again.'),
  name_taken: kind(409, 'That name or e-mail is taken', 'Choose another one; the pointer says which.'),
  event_conflict: kind(
    409,
    'The owner is busy at that time',
    'See `conflicts`. Choose another time, or send `on_conflict: "allow"` to store it all the same.',
  ),
  owner_required: kind(
    409,
    'An event always has one owner',
    'Hand the event over first: give another person the role `owner`.',
  ),
  too_many_people: kind(409, 'The event has as many people as it can', 'Remove some before adding others.'),
  request_running: kind(
    409,
    'The first request with this key is still running',
    'Send it again after `Retry-After` seconds with the same `Idempotency-Key`: you get its answer.',
  ),
  later_changes: kind(
    409,
    'Later changes are in the way',
    'What you want to undo was changed again since; `clashes` says what. Undo that first, or make the change that you want.',
  ),
  resync: kind(
    410,
    'The stream does not reach back that far',
    'Load anew what you show, then read on after the number in `after`.',
  ),
  stale_version: kind(
    412,
    'Somebody changed the event before you',
    'You both changed the same: `clashes` says what, if a merge was tried. Read the event again (`current_version`) and repeat your change on it.',
  ),
  body_too_large: kind(413, 'The body is too large', 'Send less at once.'),
  unsupported_format: kind(415, 'This body format is not taken', 'Send `application/json` or `application/msgpack`.'),
  validation_failed: kind(
    422,
    'Some values are not valid',
    'Each entry of `errors` points at one value and says what is wrong.',
  ),
  upgrade_required: kind(426, 'This address speaks WebSocket', 'Connect with a WebSocket client (RFC 6455).'),
  headers_too_large: kind(431, 'The headers are too large', 'Send fewer or shorter headers.'),
  rate_limited: kind(429, 'Too many requests', 'Wait as long as `Retry-After` says.'),
  too_many_sockets: kind(
    429,
    'You have as many live connections as one may have',
    'Close one before you open another.',
  ),
  internal_error: kind(500, 'Something went wrong on our side', 'Try again; report it with the `request_id`.'),
  unavailable: kind(503, 'The service is not ready', 'Try again after `Retry-After` seconds.'),
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

/** The codes of `errors[]` entries: what is wrong with one value. */
export const ERROR_CODES = [
  'required',
  'invalid',
  'unknown_field',
  'too_long',
  'too_short',
  'too_small',
  'too_large',
  'too_many',
  'not_allowed',
  'taken',
  'too_common',
  'wrong_password',
  'not_a_uuid',
  'not_an_instant',
  'not_a_date',
  'unknown_time_zone',
  'end_not_after_start',
  'unknown_person',
  'duplicate',
  'too_deep',
  'invalid_recurrence',
  'recurrence_required',
  'key_reused',
] as const;
