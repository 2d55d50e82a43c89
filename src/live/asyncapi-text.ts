import type { Settings } from '../platform/config/settings.js';
import { END_REASON_NAMES, END_REASONS } from './end-reasons.js';
import { LIVE_LIMITS } from './live-limits.js';

const { maxMessageBytes, messagesPerMinute, signInSeconds, maxStallSeconds } = LIVE_LIMITS;

type Limits = Pick<Settings, 'liveQueueFrames' | 'maxSockets' | 'pulseSeconds' | 'sseSeconds' | 'streamDays'>;

const reasons = END_REASON_NAMES.map(
  (name) => `| \`${name}\` | ${END_REASONS[name].code} | ${END_REASONS[name].help} |`,
);

/** Returns the description of the document: everything that is the same for all connections. */
export const toDescription = ({ liveQueueFrames, maxSockets, pulseSeconds, sseSeconds, streamDays }: Limits): string =>
  `
Every user has one stream: everything that happens on events while the user can see them, numbered \`seq\` 1, 2, 3 … without
gaps. An item is written in the transaction of the change itself and sent after it commits. **socket.io**, a **plain
WebSocket** and **Server-Sent Events** carry the same items in the same order. \`GET /api/changes\` reads the same stream by
polling (see the [API reference](/docs)).

An item contains the id of the event, its version and the names of the fields that changed. To show the new state, read
the event.

## Receiving every change

1. Store the \`seq\` of the last item that you have processed. This is your number.
2. Connect with your number as \`after\` (Server-Sent Events: \`Last-Event-ID\`). The server sends \`ready\`, then every later
   item as a \`change\`, oldest first, and then each new item. Without \`after\`, you receive only the items after the \`seq\`
   of \`ready\`.
3. The next \`change\` has your number + 1; set your number to its \`seq\`. In place of items about events that you can no
   longer see, the server sends \`withheld\`; set your number to its \`seq\`.
4. Every ${pulseSeconds} seconds, \`pulse\` contains the number of the last item that this connection covered. If yours is lower,
   frames were lost: send \`resume\` with your number (Server-Sent Events: reconnect). If no \`pulse\` arrives for twice as
   long, the connection is dead: reconnect.
5. \`resync\` means that items after your number are no longer stored (items are stored for ${streamDays} days), or that your
   number is beyond the end of the stream. Reload what you show, and set your number to \`after\`.

After \`resume\` you may receive an item twice: skip every item whose \`seq\` is not above your number. Ignore frames and
members that you do not know.

## Signing in

Every connection needs an \`access_token\`, which register, login and refresh return. The description of each server below
explains how to send it. The connection ends when the token expires: reconnect with a new one. To keep a socket.io or
WebSocket connection open, send \`authenticate\` with a new token of the same user before that. The examples get theirs from
this function, at each attempt:

\`\`\`js
let tokens = await signIn(); // yours: returns the response of register or login
let stopped = false;

async function freshToken() {
  const body = JSON.stringify({ refresh_token: tokens.refresh_token });
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', headers, body };
  const response = await fetch('http://127.0.0.1:3000/api/auth/refresh', request).catch(() => ({}));
  if (response.ok) tokens = await response.json();
  if (response.status === 401) stopped = true; // signed out
  return tokens.access_token;
}
\`\`\`

Signing out, ending a session, revoking access to an event and erasing an account take effect at once: what you can no
longer see is not sent, even if it happened before. A member whose access is revoked receives one last item of the event,
of type \`access_revoked\`.

## Why a connection ends

Before the server ends a connection, it sends \`session_ended\` with the reason; it closes a plain WebSocket with a code. If
frames are still waiting to be sent, because you do not read, it resets the connection without a reason instead (WebSocket
code 1006), since those frames may be about an event that you can no longer see.

| reason | WebSocket code | what happened, and what to do |
| --- | --- | --- |
${reasons.join('\n')}

Whatever the reason, wait longer after each failed attempt, and reconnect with your last number. No item is lost.

## Limits

| | |
| --- | --- |
| connections of one user to one server, over all transports; a further one ends the oldest with \`replaced\` | ${maxSockets} |
| time to sign in after connecting | ${signInSeconds} seconds |
| messages from one client | ${messagesPerMinute} per minute |
| size of a message from a client | ${maxMessageBytes / 1_024} KiB |
| items that may accumulate while a client does not read | ${new Intl.NumberFormat('en').format(liveQueueFrames)} items |
| time for which a client may read nothing while items wait | ${maxStallSeconds} seconds |
| length of a Server-Sent Events response, after which the client asks again | ${sseSeconds} seconds |
`.trim();

export const SOCKET_IO = `
The default path and namespace. Send the token in the handshake, and your last number if you have one:

\`\`\`js
const socket = io('http://127.0.0.1:3000', {
  auth: async (send) => send({ token: await freshToken(), after: lastSeq }),
});
const again = () => stopped || setTimeout(() => socket.connect(), 1_000);
socket.on('ready', ({ seq }) => { lastSeq ??= seq; });
socket.on('change', (item) => { if (item.seq > lastSeq) { lastSeq = item.seq; show(item); } });
socket.on('withheld', ({ seq }) => { lastSeq = seq; });
socket.on('resync', ({ after }) => { lastSeq = after; loadEverything(); });
socket.on('pulse', ({ seq }) => { if (seq > lastSeq) socket.emit('resume', { after: lastSeq }); });
socket.on('session_ended', ({ reason }) => { stopped = reason === 'replaced'; });
socket.on('disconnect', (why) => why === 'io server disconnect' && again());
socket.on('connect_error', () => socket.active || again());
\`\`\`

A function as \`auth\` is called again at each reconnect. Each frame is an event of the same name with one argument; the
server acknowledges the events that you emit. If it refuses the handshake, \`connect_error\` has \`data.code\`:
\`unauthenticated\`, \`validation_failed\` (\`after\` is not a number) or \`unavailable\`. After that, and after
\`session_ended\` (\`io server disconnect\`), socket.io does not reconnect by itself: call \`socket.connect()\` if the reason
allows it. Both WebSocket and long polling work; compression is off. A browser page must
come from this server or from an origin that it allows.
`.trim();

export const WEB_SOCKET = `
For clients without socket.io. Send the token in one of these ways:

- as a subprotocol: \`new WebSocket(url, ['bearer', token])\`; the server selects \`bearer\`;
- in your first message: \`{"type":"authenticate","token":"…","after":12}\`, within ${signInSeconds} seconds; the server responds with
  \`ready\`. This way needs no token in an address, and takes your last number too;
- in an \`Authorization: Bearer\` header, outside of browsers;
- as \`?token=\`, if the client supports nothing else. This server does not log it, but a proxy may.

\`\`\`js
function listen() {
  const socket = new WebSocket('ws://127.0.0.1:3000/ws/notifications');
  socket.onopen = async () => {
    const token = await freshToken();
    socket.send(JSON.stringify({ type: 'authenticate', token, after: lastSeq }));
  };
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(data);
    if (frame.event_id) { lastSeq = frame.seq; show(frame); }
    if (frame.type === 'ready') lastSeq ??= frame.seq;
    if (frame.type === 'withheld') lastSeq = frame.seq;
    if (frame.type === 'resync') { lastSeq = frame.after; loadEverything(); }
    if (frame.type === 'session_ended') stopped = frame.reason === 'replaced';
  };
  socket.onclose = () => stopped || setTimeout(listen, 1_000);
}
listen();
\`\`\`

Frames are JSON texts. A \`change\` is the bare item, whose \`type\` is the type of the change (\`event_updated\` …). All others
are \`{"type":"<name>", …}\`. The server responds to your messages with \`{"type":"acknowledged","of":"<name>", …}\`. If it
refuses a connection, it opens it and sends \`session_ended\`. A message that is too large closes the connection with 1009.
Clients must respond to pings, as every library does automatically. Binary messages are not supported; compression is off. A
browser page must come from this server or from an origin that it allows (403).
`.trim();

export const SERVER_SENT_EVENTS = `
\`text/event-stream\`, over plain HTTP. The browser's \`EventSource\` cannot send an \`Authorization\` header, so the token may
also be sent as \`?token=\`. This server does not log it, but a proxy may: prefer \`fetch\`, or a library that sends headers.
\`EventSource\` reconnects by itself, with the same token, until that has expired. It hides the number of \`ready\`: begin with
the \`seq\` of the newest notification, or 0.

\`\`\`js
async function listen() {
  const query = new URLSearchParams({ after: lastSeq, token: await freshToken() });
  const source = new EventSource(\`http://127.0.0.1:3000/api/changes/stream?\${query}\`);
  source.addEventListener('change', ({ data }) => {
    const item = JSON.parse(data);
    if (item.seq > lastSeq) { lastSeq = item.seq; show(item); }
  });
  source.addEventListener('resync', ({ data }) => { lastSeq = JSON.parse(data).after; loadEverything(); });
  source.addEventListener('session_ended', ({ data }) => {
    stopped = JSON.parse(data).reason === 'replaced';
    source.close();
    if (!stopped) setTimeout(listen, 1_000);
  });
  source.onerror = () => source.readyState === EventSource.CLOSED && !stopped && setTimeout(listen, 1_000);
}
listen();
\`\`\`

\`\`\`sh
curl -N http://127.0.0.1:3000/api/changes/stream -H "Authorization: Bearer $TOKEN" -H 'Last-Event-ID: 12'
\`\`\`

\`\`\`text
: ready {"user_id":"01936f9e-…","seq":13}
id: 12
retry: 3000

id: 13
event: change
data: {"id":"01936f9e-…","seq":13,"type":"event_updated",…}

: pulse
id: 13

\`\`\`

The \`id\` of a block is your new number. The blocks of \`ready\`, \`withheld\`, \`pulse\` and \`renew\` have no data: a comment
contains their name, and they update \`Last-Event-ID\` without dispatching an event.

A client cannot answer over this transport, so it proves that it still reads by asking again: when the time in “Limits” is
over, the response ends with a block \`renew\`. \`EventSource\` asks again by itself, \`retry\` milliseconds later; \`curl\`
exits. The response also ends after \`session_ended\`. To continue without a loss, reconnect with the last \`id\` as
\`Last-Event-ID\` or \`?after=\`. If the server refuses the request, it responds with a status and a problem document, as
everywhere else.
`.trim();
