import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Answers a request that offers another protocol than WebSocket, such as `Upgrade: h2c`, as if it offered none (RFC 9110
 * §7.8: a server may ignore the field). Node 20 cannot: as soon as somebody listens for upgrades it ends HTTP on the connection
 * of every request with an `Upgrade`. Such a request is therefore put back without that field, before the bytes that
 * followed it, and the connection begins again. A list that names WebSocket among others is an offer like any other; every
 * client of WebSocket names it alone (RFC 6455 §4.1).
 */
export function ignoreOfferedUpgrades(server: Server): void {
  // All who listen for upgrades do by then, and no connection has arrived.
  server.once('listening', () => {
    const listeners = server.listeners('upgrade');
    server.removeAllListeners('upgrade');
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      if (request.headers.upgrade?.toLowerCase() !== 'websocket') readAgain(server, request, socket, head);
      else for (const listener of listeners) listener.call(server, request, socket, head);
    });
  });
}

function readAgain(server: Server, request: IncomingMessage, socket: Socket, rest: Buffer): void {
  socket.unshift(rest);
  socket.unshift(headWithoutUpgrade(request));
  whenAnswered(socket, () => {
    // Node remembers elsewhere that this is the timeout of an idle connection, and would keep it.
    socket.setTimeout(server.timeout);
    server.emit('connection', socket);
  });
}

/**
 * Returns the head of the request as it was, but for its `Upgrade`. What delimits the body is among it. Node counts neither
 * separators nor line ends, so that a head that was short enough still is.
 */
function headWithoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]!.toLowerCase() !== 'upgrade') lines.push(`${rawHeaders[at]}:${rawHeaders[at + 1]}`);
  }
  // Node reads each byte as one character.
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/**
 * Waits until the requests that arrived before on the connection are answered: Node would not send the responses of one that
 * has begun again after theirs. Until then it does nothing for the connection, so this does what a response needs.
 */
function whenAnswered(socket: Socket, begin: () => void): void {
  const destroy = (): void => void socket.destroy();
  const resume = (): void => {
    const response = responseOn(socket);
    if (response?.writableNeedDrain) response.emit('drain');
  };
  const listen = (): void => {
    const response = responseOn(socket);
    if (response && !socket.destroyed) return void response.once('close', listen);
    // The last response, or the client, may have closed it; the error of the client may still come.
    if (socket.destroyed || socket.writableEnded) return;
    socket.off('error', destroy).off('timeout', destroy).off('drain', resume);
    begin();
  };
  socket.on('error', destroy).on('timeout', destroy).on('drain', resume);
  // Node is still reading the request.
  setImmediate(listen);
}

/** Returns the response that Node is sending on this connection, as its own handlers find it. */
const responseOn = (socket: Socket): ServerResponse | null | undefined =>
  Reflect.get(socket, '_httpMessage') as ServerResponse | null | undefined;
