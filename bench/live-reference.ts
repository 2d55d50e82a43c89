/**
 * The least that any server does: on POST it answers, then emits one item to every socket.io connection, in a loop.
 * Nothing is stored, nobody is asked who he is. Prints its address when it listens.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';

const http = createServer((request, response) => {
  if (request.method !== 'POST') return;
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const item = JSON.parse(Buffer.concat(chunks).toString('utf8')) as object;
    response.end('{}');
    for (const socket of io.sockets.sockets.values()) socket.emit('change', item);
  });
});
const io = new Server(http, { serveClient: false, perMessageDeflate: false });
http.listen(0, '127.0.0.1', () => console.log(`ready at http://127.0.0.1:${(http.address() as AddressInfo).port}`));
