/**
 * The bare server of `reference/` with a socket.io loop: it stores what it emits. A change of a title stores the row, a
 * version with the whole content, and a numbered notification for every member, in one statement; then it answers, and
 * emits to every member their item, as it was just stored. Nothing but the number of the member is different in it.
 * It is a ceiling, not a product: frames of two changes may overtake each other, a frame may be sent after access was
 * revoked, and a client that was away misses what was sent. Prints its address when it listens.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Server, type Socket } from 'socket.io';
import { verifyToken } from './reference/access-token.js';
import { pool } from './reference/database.js';
import { editTitle } from './reference/edit-events.js';
import { SCHEMA } from './reference/schema.js';

const socketOf = new Map<string, Socket>();
const http = createServer((request, response) => {
  if (request.method !== 'PUT') return;
  void (async () => {
    const userId = verifyToken(request.headers.authorization);
    const { title } = JSON.parse(await text(request)) as { title: string };
    const { answer, event, items } = await editTitle(userId, request.url!.split('/').at(-1)!, title);
    response.end(JSON.stringify(answer.body));
    const actor = { id: userId, username: 'ana' };
    const message = `ana changed “${title}”: title`;
    for (const { user_id, seq, id } of items) {
      socketOf.get(user_id)?.emit('change', {
        ...{ id, seq, type: 'event_updated', event_id: event.id, event_title: title, version: event.version, actor },
        ...{ changed: ['title'], message, timestamp: new Date(event.updated_at).toISOString() },
        read_at: user_id === userId ? new Date(event.updated_at).toISOString() : null,
      });
    }
  })();
});
const io = new Server(http, { serveClient: false, perMessageDeflate: false });
io.on('connection', (socket) => {
  socketOf.set(verifyToken(`Bearer ${(socket.handshake.auth as { token: string }).token}`), socket);
});
await pool.query(SCHEMA);
http.listen(0, '127.0.0.1', () => console.log(`ready at http://127.0.0.1:${(http.address() as AddressInfo).port}`));
