interface ProblemKind {
  status: number;
  title: string;
  /** Shown on the page `/problems/{code}`: what the problem means and what the caller can do. */
  help: string;
}

const kind = (status: number, title: string, help: string): ProblemKind => ({ status, title, help });

/**
 * Every problem that the server can respond with. A closed list: a code that isn't here can't be sent, and each code
 * has a page at `/problems/{code}` (RFC 9457 §3.1.1: the type is a page that explains the problem).
 */
export const PROBLEMS = {
  unreadable_body: kind(400, 'The body could not be read', 'Send well-formed JSON or MessagePack.'),
  bad_request: kind(400, 'The request could not be read', 'Check the request line and the headers.'),
  unauthenticated: kind(
    401,
    'Sign in first',
    'Send `Authorization: Bearer <access token>` with a valid token. If yours has expired, refresh it; if its session has ended, sign in again.',
  ),
  wrong_credentials: kind(401, 'The name or the password is wrong', 'Check both and try again.'),
  refresh_token_invalid: kind(
    401,
    'The refresh token is not valid',
    'It was already used, it has expired, or its session has ended. Sign in again.',
  ),
  forbidden: kind(403, 'Your role does not allow this', 'Ask the owner of the event for a role that does.'),
  origin_not_allowed: kind(
    403,
    'Pages of this origin may not call this',
    'Programs send no `Origin`. For a page of your own, list its origin in `CORS_ORIGINS`.',
  ),
  admin_required: kind(403, 'Only administrators may do this', 'Ask an administrator.'),
  account_disabled: kind(403, 'This account is disabled', 'Ask an administrator to enable it.'),
  registration_closed: kind(
    403,
    'You cannot sign up here',
    'This server accepts no new accounts. Ask its administrator.',
  ),
  invitation_required: kind(
    403,
    'You can only sign up here with an invitation',
    'Open the link in the mail that invites you. If you have none, ask somebody here to share an event with your e-mail address.',
  ),
  not_found: kind(
    404,
    'Not found',
    'It does not exist, or you have no access to it. Check the address, or ask the owner for access.',
  ),
  method_not_allowed: kind(
    405,
    'This method is not allowed here',
    'Use one of the methods that the API reference lists for this path.',
  ),
  not_acceptable: kind(
    406,
    'None of the formats in Accept is available',
    'Accept `application/json` or `application/msgpack`.',
  ),
  request_timeout: kind(408, 'The request took too long to arrive', 'Send the request again.'),
  name_taken: kind(
    409,
    'This name or e-mail address is taken',
    'Choose another one. Each pointer in `errors` names a value that is taken.',
  ),
  event_conflict: kind(
    409,
    'The owner is busy at that time',
    '`conflicts` lists the conflicting occurrences. Choose another time, or send `on_conflict: "allow"` to store the event anyway.',
  ),
  owner_required: kind(
    409,
    'An event must have an owner',
    'Transfer the ownership first: give another member the role `owner`.',
  ),
  too_many_people: kind(
    409,
    'The event has the largest allowed number of members',
    'Revoke the access of some members before you share the event with others.',
  ),
  address_not_confirmed: kind(
    409,
    'No account has confirmed the address of this invitation',
    'Register with the invitation. If you have an account with this address, confirm the address: that accepts the invitation as well.',
  ),
  last_admin: kind(
    409,
    'This is the last administrator',
    'Promote somebody else first: without an administrator nobody could.',
  ),
  redaction_refused: kind(
    409,
    'This version cannot be redacted',
    'The detail says why: it is the current one, it is redacted already, it does not verify, or the database account of the server does not own the tables.',
  ),
  request_running: kind(
    409,
    'The first request with this key is still running',
    'Send the request again after `Retry-After` seconds with the same `Idempotency-Key` to receive the response to the first one.',
  ),
  later_changes: kind(
    409,
    'Later changes prevent this undo',
    'What you want to undo has changed again since; `clashes` lists the differences. Undo the later changes first, or make a new change.',
  ),
  event_deleted: kind(
    410,
    'The event was deleted',
    'It is in the trash since `deleted_at`. As its owner you can restore it with a POST to `restore_url`, and then send your request again.',
  ),
  event_purged: kind(
    410,
    'The event was removed from the trash',
    'It was in the trash for longer than deleted events are kept, and cannot be restored. Its history can still be read.',
  ),
  resync: kind(
    410,
    'The stream does not reach back that far',
    'Reload what you show, then continue after the number in `after`.',
  ),
  stale_version: kind(
    412,
    'The event changed since the version you sent',
    'Somebody else changed the same fields. If the server tried to merge, `clashes` lists the differences. Reload the event (`current_version`) and apply your change again.',
  ),
  precondition_failed: kind(
    412,
    'It exists already',
    'You sent `If-None-Match: *`, which allows the request only if nothing exists at its address.',
  ),
  body_too_large: kind(413, 'The body is too large', 'Send less in one request.'),
  unsupported_format: kind(
    415,
    'This body format is not supported',
    'Send `application/json` or `application/msgpack`.',
  ),
  unreadable_calendar: kind(
    422,
    'Nothing in this file can be imported',
    '`skipped` names the line and the reason: of the whole file, when it cannot be read, or of each event. Correct the file, or export it again, and send it again.',
  ),
  validation_failed: kind(
    422,
    'Some values are not valid',
    'Each entry of `errors` points to one value and says what is wrong with it.',
  ),
  upgrade_required: kind(426, 'This path requires WebSocket', 'Connect with a WebSocket client (RFC 6455).'),
  headers_too_large: kind(431, 'The headers are too large', 'Send fewer or shorter headers.'),
  rate_limited: kind(
    429,
    'Too many requests',
    '`budget` names the budget that is used up. Try again at `retry_at`, which is in `Retry-After` seconds. The `RateLimit` header of every response says how much is left.',
  ),
  internal_error: kind(
    500,
    'Something went wrong on our side',
    'Try again. If it happens again, report it with the `request_id`.',
  ),
  import_interrupted: kind(
    503,
    'The server stopped before the import was complete',
    'Nothing of the file was stored. Send it again.',
  ),
  unavailable: kind(503, 'The service is not ready', 'Try again after `Retry-After` seconds.'),
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

/** The codes of the entries in `errors`: what is wrong with one value. */
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
  'reserved',
  'too_common',
  'wrong_password',
  'token_unusable',
  'not_a_uuid',
  'not_an_instant',
  'not_a_date',
  'unknown_time_zone',
  'end_not_after_start',
  'repeated_time',
  'not_an_occurrence',
  'unknown_person',
  'duplicate',
  'too_deep',
  'invalid_recurrence',
  'recurrence_required',
  'key_reused',
] as const;
