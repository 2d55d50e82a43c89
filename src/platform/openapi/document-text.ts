import type { TagObject } from '@nestjs/swagger';

/** The front page of the reference. */
export const DESCRIPTION = `
Convene is a collaborative calendar: people create events, share them, change them together, and see every change live.

## First calls

\`\`\`sh
curl -X POST http://localhost:3000/api/auth/register -H 'Content-Type: application/json' \\
  -d '{"username":"ana","email":"ana@example.com","password":"correct horse 7"}'
curl -X POST http://localhost:3000/api/events -H 'Authorization: Bearer <access_token>' -H 'Content-Type: application/json' \\
  -d '{"title":"Team meeting","start_time":"2026-06-01T10:00:00","end_time":"2026-06-01T11:00:00"}'
\`\`\`

## Signing in

Send \`Authorization: Bearer <access_token>\`. An access token lives for minutes; trade the refresh token for a new pair
at \`POST /api/auth/refresh\` (each refresh token works once). Logging out ends both at once.

## Formats

Bodies are JSON, or MessagePack with the same content: \`Content-Type\` names the format of the request, \`Accept\` that
of the answer, problems included. Names are \`snake_case\`. Unknown fields are refused. On update, \`null\` clears an
optional field and absence leaves it as it is.

## Problems

Whatever goes wrong is answered with a problem document (RFC 9457, \`application/problem+json\`). Decide by its \`code\`;
\`type\` is a page that explains it, \`errors\` points at every wrong value at once, \`request_id\` names the request
in our logs (also in \`X-Request-Id\`; you may send your own). A 404 is the same for what you may not see as for what
does not exist. On a 503, wait as long as \`Retry-After\` says.

## Versions

Every change of an event's content is a numbered version that stays readable and can be brought back. The number is the
event's \`ETag\`: send it as \`If-Match\` and nobody's work is overwritten unseen (412), as \`If-None-Match\` and an
unchanged event costs nothing (304).

## Dry runs

Every write on events takes \`?dry_run=true\`: it is done with all its checks and taken back, and the answer tells what it
would answer (\`would\`), which \`changes\` it would make, which \`conflicts\` it would put up with and who would be
\`notified\`. A refusal is the same as in the real call. Ids of new events are made up.

## Retries

When an answer was lost, send the request again with the \`Idempotency-Key\` of the first time: it is done once, and the
answer comes again with \`Idempotent-Replayed: true\`. While the first is running, the second is refused (409); another
request with the same key is refused too (422). Only successes are kept, for 24 hours: after a refusal the key is free.
A replay is given under your rights of today.

## Lists

Lists come in pages: \`limit\` (up to 200) and \`cursor\`, taken from \`next_cursor\` or from the \`Link\` header.
\`page\` and \`page_size\` work too and add totals.

## Live changes

The same notifications come live, over socket.io, a plain WebSocket or Server-Sent Events, and whoever comes back with the
number of his last one misses nothing: see [live changes](/docs/realtime).

## Time

Times are RFC 3339. With an offset they are that instant; without one they are wall time in the event's \`time_zone\`, by
default yours. Answers are in UTC with \`Z\`. Whole-day events use plain dates, the end exclusive. A series keeps its
wall time when the clocks change.
`.trim();

/** The groups of operations, in the order of the reference. */
export const TAGS: TagObject[] = [
  { name: 'Accounts', description: 'Sign up, sign in, devices, and finding people to share with.' },
  { name: 'Events', description: 'Create, find, change, delete and restore events.' },
  { name: 'Scheduling', description: 'When people are busy, and times that suit all of them.' },
  { name: 'People', description: 'Who is on an event: viewers, editors and its one owner.' },
  { name: 'History', description: 'Every version of an event, what changed between them, and the way back.' },
  { name: 'Notifications', description: 'What happened on your events, numbered without gaps.' },
  { name: 'Operations', description: 'For whoever runs the server.' },
];
