import type { Settings } from '../platform/config/settings.js';
import { ENDINGS } from './live-endings.js';
import { END_REASONS } from './live-frames.js';
import { LIVE_LIMITS } from './live-limits.js';

const { frameBytes, messagesAMinute, signInSeconds, stallSeconds } = LIVE_LIMITS;

type Limits = Pick<Settings, 'liveQueueFrames' | 'maxSockets' | 'pulseSeconds' | 'streamDays'>;

const endings = END_REASONS.map((reason) => `| \`${reason}\` | ${ENDINGS[reason].code} | ${ENDINGS[reason].help} |`);

/** The front page: what is the same for all connections. */
export const description = ({ liveQueueFrames, maxSockets, pulseSeconds, streamDays }: Limits): string =>
  `
Every person has one stream: whatever happens on events that he can see at that moment, numbered \`seq\` 1, 2, 3 … without
gaps. An item is written in the transaction of the change itself and sent after its commit. Three connections carry the same
items in the same order: **socket.io**, a **plain WebSocket** and **Server-Sent Events**. \`GET /api/changes\` reads the
same stream by request (see the [API reference](/docs)).

An item names the event, its version and the fields that changed. To show the new state, read the event.

## Missing nothing

1. Keep the \`seq\` of the last item that you have dealt with.
2. Connect with it as \`after\` (Server-Sent Events: \`Last-Event-ID\`). \`ready\` answers first; then every later item
   follows as a \`change\`, oldest first, and then whatever happens from now on. Without \`after\` you get only what
   happens from now on, after the \`seq\` of \`ready\`.
3. The next \`change\` has your number + 1: take its number as yours. Where items were about events that you can no longer
   see, \`withheld\` comes instead of them: take its number as yours.
4. \`pulse\` comes every ${pulseSeconds} seconds with the number up to which you were served. When yours is lower, something was
   lost on the way: send \`resume\` with your number (Server-Sent Events: connect again). When no pulse came for twice as
   long, the connection is dead: connect again.
5. \`resync\` says that what you asked for is no longer kept (items are kept for ${streamDays} days), or that your number is
   beyond the end. Load anew what you show, and take \`after\` as your number.

You may see an item twice after \`resume\`: skip whatever is not above your number. Ignore frames and members that you
don't know.

## Signing in

Each connection takes the \`access_token\` that register, login and refresh answer with; how is told with its server below. When
the token expires the connection ends with it. On the sockets, send \`authenticate\` with a fresh token of the same person
before that, and the same connection goes on.

Logging out, ending a session, being taken off an event and erasing the account take effect at once: what you may no
longer see is not sent, even when it happened before. Who is taken off an event is told so by a last item
(\`access_revoked\`).

## Endings

Before the server ends a connection it sends \`session_ended\` with the reason, and closes a plain WebSocket with a code.
While something is still on its way to you, as when you don't read, it cuts the connection without a word instead
(WebSocket code 1006): that may be what you lost access to.

| reason | WebSocket code | what it means |
| --- | --- | --- |
${endings.join('\n')}

Whatever the reason: wait a little longer after each failed try, and connect with your last number. Nothing is lost.

## Limits

| | |
| --- | --- |
| connections of one person to one server, all connections together | ${maxSockets} |
| time to sign in after connecting | ${signInSeconds} seconds |
| messages from one client | ${messagesAMinute} a minute |
| size of a message from a client | ${frameBytes / 1_024} KiB |
| what may pile up for a client that doesn't read | ${new Intl.NumberFormat('en').format(liveQueueFrames)} items |
| how long a client may read nothing while something waits | ${stallSeconds} seconds |
`.trim();

export const SOCKET_IO = `
The default path and namespace. The token goes into the handshake, with your last number if you have one:

\`\`\`js
const socket = io('http://127.0.0.1:3000', { auth: (send) => send({ token, after: lastSeq }) });
socket.on('ready', ({ seq }) => { lastSeq ??= seq; });
socket.on('change', (item) => { if (item.seq > lastSeq) { lastSeq = item.seq; show(item); } });
socket.on('withheld', ({ seq }) => { lastSeq = seq; });
socket.on('resync', ({ after }) => { lastSeq = after; loadEverything(); });
socket.on('pulse', ({ seq }) => { if (seq > lastSeq) socket.emit('resume', { after: lastSeq }); });
socket.on('connect_error', (error) => console.log(error.data?.code));
\`\`\`

\`auth\` as a function is asked again at each reconnect. Each frame is an event of that name with one argument; the events
that you emit are acknowledged. A handshake that is refused comes as \`connect_error\` with \`data.code\`:
\`unauthenticated\`, \`too_many_sockets\`, \`validation_failed\` (\`after\` is no number) or \`unavailable\`. After
\`session_ended\` the server disconnects (\`io server disconnect\`), and socket.io doesn't reconnect by itself then: call
\`socket.connect()\` when the reason allows it. WebSocket and long polling both work; compression is off. A page's origin
must be this server's or one that it lists.
`.trim();

export const WEB_SOCKET = `
For clients without socket.io. Send the token in one of these ways:

- as subprotocol: \`new WebSocket(url, ['bearer', token])\`; the server chooses \`bearer\`;
- as your first frame: \`{"type":"authenticate","token":"…"}\`, within ${signInSeconds} seconds; \`ready\` answers it;
- as an \`Authorization: Bearer\` header, outside of browsers;
- as \`?token=\`, where nothing else is possible. It is not logged here, but it may be on its way.

Frames are JSON texts. A \`change\` is the bare item, whose \`type\` says what happened (\`event_updated\` …). All others are
\`{"type":"<name>", …}\`. Yours are answered by \`{"type":"acknowledged","of":"<name>", …}\`. What is refused comes as
\`session_ended\` after the connection was opened. A frame that is too large closes with 1009. Pings must be answered, as
every library does by itself. Binary frames are not understood; compression is off. A page's origin must be this server's
or one that it lists (403).
`.trim();

export const SERVER_SENT_EVENTS = `
\`text/event-stream\`, over plain HTTP. The browser's \`EventSource\` cannot send an \`Authorization\` header: use \`fetch\`, or
a library that does.

\`\`\`sh
curl -N http://127.0.0.1:3000/api/changes/stream -H "Authorization: Bearer $TOKEN" -H 'Last-Event-ID: 12'
\`\`\`

\`\`\`text
: ready {"user_id":"01936f9e-…","seq":13}
id: 12

id: 13
event: change
data: {"id":"01936f9e-…","seq":13,"type":"event_updated",…}

: pulse
id: 13

\`\`\`

The \`id\` of a block is your new number, also of a block without data: it stands for \`ready\`, \`withheld\` and \`pulse\`,
as its comment says, moves \`Last-Event-ID\` and dispatches nothing. To continue, connect with the last \`id\` as
\`Last-Event-ID\` or \`?after=\`. A request that is refused is answered with a status and a problem document, like every
other. After \`session_ended\` the answer ends.
`.trim();
