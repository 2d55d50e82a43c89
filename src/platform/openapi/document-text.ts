import type { TagObject } from '@nestjs/swagger';
import { EXAMPLE_HOST } from './at-origin.js';

/** The introduction of the API reference: no longer than one screen. The groups of operations continue it. */
export const DESCRIPTION = `
Convene is a collaborative calendar: people create events, share them, edit them together, and see every change live.

\`\`\`sh
curl http://${EXAMPLE_HOST}/api/auth/register --json '{"username":"maya","email":"maya@example.com","password":"correct horse 7"}'
curl http://${EXAMPLE_HOST}/api/events -H 'Authorization: Bearer <access_token>' \\
  --json '{"title":"Team meeting","start_time":"2026-06-01T10:00:00","end_time":"2026-06-01T11:00:00"}'
\`\`\`

- **Sign in** with \`Authorization: Bearer <access_token>\`. Exchange the refresh token for new ones before it expires.
- **Bodies** are JSON or MessagePack (\`Content-Type\`, \`Accept\`), in \`snake_case\`. Unknown fields are rejected; ignore
  unknown members of a response. In an update, \`null\` clears a field, and an absent field stays.
- **Times** are RFC 3339: with an offset an instant, without one a wall time in the \`time_zone\` of the event.
- **Problems** are RFC 9457 documents: handle them by \`code\`. \`errors\` points to invalid values, \`type\` is a page that
  explains the problem. What you may not see is a 404.
- **Before any operation**, an address that cannot be decoded is a 400 \`bad_request\`, more than 16 KB of headers are a 431
  \`headers_too_large\`, and a request that arrives too slowly is a 408 \`request_timeout\`.
- **Versions**: send the \`ETag\` of an event as \`If-Match\`, so that you never overwrite a change you have not seen.
- **Caching**: every read has an \`ETag\`. Send it as \`If-None-Match\`: while nothing has changed, the response is a short 304.
- **Lists** are paged: send \`limit\`, and the \`next_cursor\` of one page as \`cursor\`.
- **To try it all**, open the story of Ana and Ben as a [collection](/convene.postman_collection.json) or an
  [HTTP file](/convene.http). The examples here are its requests, in its order.
- **Live changes** arrive over socket.io, WebSocket or Server-Sent Events: see [live changes](/docs/realtime).
`.trim();

const ACCOUNTS = `
Sign up, sign in, manage sessions, and find people to share with. An access token expires after minutes; each refresh
token works once. Signing out revokes both at once.
`.trim();

const EVENTS = `
Create, find, change, delete and restore events.

**Versions.** Every change to the content of an event creates a numbered version, which you can read and roll back to. The
\`ETag\` of an event is this number and, after a dot, one that changes with everything else in the response, such as the
members, your role and the format. Send the ETag or the bare version as \`If-Match\`: a change of an older version is merged
or, if both sides changed the same, rejected (412). As \`If-None-Match\`, the ETag saves sending an unchanged response again
(304).

**Dry runs.** Every write to events accepts \`?dry_run=true\`: the server runs it with all its checks and rolls it back. The
response is a 200 with \`Convene-Dry-Run: true\` and contains the result of the real call (\`would\`), the \`changes\` it would
make, the \`conflicts\` it would allow and the people who would be \`notified\`. Problems are the same as in the real call. The
ids of new events are not reserved. \`x-dry-run-response\` describes this response for each operation.

**Retries.** If you did not receive a response, send the request again with the same \`Idempotency-Key\`: the server does it
only once and sends the stored response with \`Idempotent-Replayed: true\`. While the first request is running, the second is
rejected (409). Another request with the same key is rejected as well (422). Only successful responses are stored, for 24
hours: after a problem you can use the key again. A response with a body is replayed only while you are a member of the
event. After a 503, try again after \`Retry-After\` seconds.

**Lists.** \`limit\` is at most 200. The \`Link\` header has the address of the next page. \`page\` and \`page_size\` also work
and add totals.

**Times.** The zone of an event is yours by default. Responses use UTC with \`Z\`. All-day events use plain dates with an
exclusive end. A series keeps its wall time when the clocks change.
`.trim();

/** The groups of operations, in the order of the reference. */
export const TAGS: TagObject[] = [
  { name: 'Accounts', description: ACCOUNTS },
  { name: 'Events', description: EVENTS },
  { name: 'Scheduling', description: 'See when people are busy, and find times that suit all of them.' },
  { name: 'People', description: 'Manage the members of an event: viewers, editors and one owner.' },
  { name: 'History', description: 'Read and compare the versions of an event, undo changes and roll back.' },
  { name: 'Notifications', description: 'Read the changes to your events, numbered without gaps.' },
  { name: 'Calendar exchange', description: 'Move events to and from other calendars as iCalendar files.' },
  { name: 'Audit', description: 'Read who did what, from where and when.' },
  { name: 'Administration', description: 'Manage accounts, and see how much is stored. For administrators.' },
  { name: 'Operations', description: 'Monitor the server.' },
];
