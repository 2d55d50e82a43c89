import type { TagObject } from '@nestjs/swagger';

/** The introduction of the API reference. */
export const DESCRIPTION = `
Convene is a collaborative calendar: people create events, share them, edit them together, and see every change live.

## First calls

\`\`\`sh
curl -X POST http://localhost:3000/api/auth/register -H 'Content-Type: application/json' \\
  -d '{"username":"ana","email":"ana@example.com","password":"correct horse 7"}'
curl -X POST http://localhost:3000/api/events -H 'Authorization: Bearer <access_token>' -H 'Content-Type: application/json' \\
  -d '{"title":"Team meeting","start_time":"2026-06-01T10:00:00","end_time":"2026-06-01T11:00:00"}'
\`\`\`

## Signing in

Send \`Authorization: Bearer <access_token>\`. An access token expires after minutes; exchange the refresh token for a new
pair at \`POST /api/auth/refresh\` (each refresh token works once). Logging out revokes both at once.

## Formats

Bodies are JSON, or MessagePack with the same content: \`Content-Type\` names the format of the request, \`Accept\` the
format of the response, problems included. Names are \`snake_case\`. Unknown fields are rejected. In an update, \`null\`
clears an optional field and an absent field stays unchanged.

## Problems

Every error response is a problem document (RFC 9457, \`application/problem+json\`). Handle it by its \`code\`. \`type\` is a
page that explains the problem, \`errors\` points to every invalid value at once, and \`request_id\` identifies the request
in the logs of the server (also in \`X-Request-Id\`; you may send your own). A resource that you may not see and one that
does not exist have the same 404. After a 503, try again after \`Retry-After\` seconds.

## Versions

Every change to the content of an event creates a numbered version, which you can read and roll back to. The \`ETag\` of
an event is this number and, after a dot, one that changes with everything else in the response, such as the members, your
role and the format. Send the ETag or the bare version as \`If-Match\` so that you never overwrite a change you have not
seen (412), and the ETag as \`If-None-Match\` so that an unchanged response is not sent again (304).

## Dry runs

Every write to events accepts \`?dry_run=true\`: the server runs it with all its checks and rolls it back. The response
contains the result of the real call (\`would\`), the \`changes\` it would make, the \`conflicts\` it would allow and the
people who would be \`notified\`. Problems are the same as in the real call. The ids of new events are not reserved.

## Retries

If you did not receive a response, send the request again with the same \`Idempotency-Key\`: the server does it only once
and sends the stored response with \`Idempotent-Replayed: true\`. While the first request is running, the second is rejected
(409). Another request with the same key is rejected as well (422). Only successful responses are stored, for 24 hours:
after a problem you can use the key again. A response is replayed only if your current role still allows the request.

## Lists

Lists are paged: send \`limit\` (up to 200) and the \`cursor\` from \`next_cursor\` or from the \`Link\` header of the
previous page. \`page\` and \`page_size\` also work and add totals.

## Live changes

The same notifications arrive live, over socket.io, a plain WebSocket or Server-Sent Events. A client that resumes from its
last \`seq\` misses nothing: see [live changes](/docs/realtime).

## Time

Times are RFC 3339. A time with an offset is an instant; a time without one is wall time in the \`time_zone\` of the event,
by default your own. Responses use UTC with \`Z\`. All-day events use plain dates with an exclusive end. A series keeps its
wall time when the clocks change.
`.trim();

/** The groups of operations, in the order of the reference. */
export const TAGS: TagObject[] = [
  { name: 'Accounts', description: 'Sign up, sign in, manage sessions, and find people to share with.' },
  { name: 'Events', description: 'Create, find, change, delete and restore events.' },
  { name: 'Scheduling', description: 'See when people are busy, and find times that suit all of them.' },
  { name: 'People', description: 'Manage the members of an event: viewers, editors and one owner.' },
  { name: 'History', description: 'Read and compare the versions of an event, undo changes and roll back.' },
  { name: 'Notifications', description: 'Read the changes to your events, numbered without gaps.' },
  { name: 'Operations', description: 'Monitor the server.' },
];
