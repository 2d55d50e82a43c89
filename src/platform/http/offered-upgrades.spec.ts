import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { ignoreOfferedUpgrades } from './offered-upgrades.js';

const PLAIN = 'GET /long HTTP/1.1\r\nHost: x\r\n\r\n';
const OFFER = 'GET /after HTTP/1.1\r\nHost: x\r\nConnection: upgrade, close\r\nUpgrade: h2c\r\n\r\n';
/** More than the buffers of both ends hold. */
const BYTES = 32 * 1_048_576;

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

async function serve(listener: RequestListener): Promise<{ server: Server; client: Socket }> {
  const server = createServer(listener);
  // Nobody would be asked otherwise.
  server.on('upgrade', (_request, socket: Socket) => socket.destroy());
  ignoreOfferedUpgrades(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').setNoDelay();
  open.push({ close: () => client.destroy() }, server);
  client.on('error', () => undefined);
  client.pause();
  await once(client, 'connect');
  return { server, client };
}

const long = (): Readable =>
  Readable.from(
    (function* chunks() {
      for (let sent = 0; sent < BYTES; sent += 65_536) yield Buffer.alloc(65_536);
    })(),
    { objectMode: false },
  );

describe('an offer behind a response that the client is slow to read', () => {
  it('waits for all of it', async () => {
    const { client } = await serve(({ url }, response) => {
      response.setHeader('content-length', url === '/long' ? BYTES : 5);
      if (url === '/long') long().pipe(response);
      else response.end('after');
    });
    client.write(PLAIN + OFFER);
    let received = 0;
    let last = '';
    client.on('data', (chunk: Buffer) => {
      received += chunk.length;
      last = (last + chunk.toString('latin1')).slice(-5);
    });
    client.resume();
    await once(client, 'close');
    expect(received).toBeGreaterThan(BYTES + 5);
    expect(last).toBe('after');
  });

  it('does not keep the server from closing the connection of a client that reads nothing', async () => {
    const answered: string[] = [];
    const { server, client } = await serve(({ url, socket }, response) => {
      answered.push(url!);
      response.setHeader('content-length', BYTES);
      long().pipe(response);
      socket.setTimeout(50);
    });
    client.write(PLAIN + OFFER);
    const [, socket] = (await once(server, 'upgrade')) as [unknown, Socket];
    await once(socket, 'close');
    expect(answered).toEqual(['/long']);
  });
});
