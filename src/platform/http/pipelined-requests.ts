import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Begins a request when its response can be sent. A client may send requests without waiting for the responses to those before
 * (RFC 9112 §9.3.2): the responses have to keep their order, and only safe requests may be carried out at once. One that had
 * begun would hold its place in the queues until its response is sent, and one before it might be waiting for that place.
 *
 * Requests that wait when the connection ends are not carried out. Node closes the response that it is sending then, and
 * forgets those behind it, so that this closes them.
 */
export function takeTurns(fastify: FastifyInstance): void {
  const waiting = new WeakMap<Socket, Set<ServerResponse>>();
  fastify.addHook('onRequest', ({ raw: { socket } }, { raw }, done) => {
    // Node gives the connection to one response after the other.
    if (raw.socket) return done();
    const behind = waiting.get(socket) ?? new Set();
    if (!waiting.has(socket)) {
      waiting.set(socket, behind);
      socket.once('close', () => behind.forEach(close));
    }
    behind.add(raw);
    raw.once('socket', () => {
      behind.delete(raw);
      // Node has more to do for a response that gets its connection.
      process.nextTick(done);
    });
  });
}

function close(response: ServerResponse): void {
  response.destroy();
  response.emit('close');
}
