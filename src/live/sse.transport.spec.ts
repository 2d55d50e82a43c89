import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LiveMetrics } from './live-metrics.js';
import { SseTransport } from './sse.transport.js';

/** More than the operating system buffers for a client that does not read. */
const MUCH = 16_777_216;

describe('SseTransport.isFrozen', () => {
  let server: Server;
  let client: Socket;
  let response: ServerResponse;
  let transport: SseTransport;
  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
    [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
    transport = new SseTransport(response, { countFrame: () => undefined } as unknown as LiveMetrics);
    client.pause();
  });
  afterEach(() => {
    client.destroy();
    response.destroy();
    server.close();
  });

  /** Sends more than fits on the way to the client. */
  const fill = (): void => transport.send('ready', { user_id: 'x'.repeat(MUCH), seq: 1 });

  it('is false while everything is taken, however long nothing is sent', async () => {
    for (let pulse = 0; pulse < 3; pulse += 1) {
      transport.send('pulse', { seq: 1 });
      await expect.poll(() => transport.unsentBytes(), { timeout: 30_000 }).toBe(0);
      expect(transport.isFrozen()).toBe(false);
    }
    expect(transport.isFrozen()).toBe(false);
  });

  it('is true when nothing that waited the last time has been taken since', () => {
    fill();
    expect(transport.isFrozen()).toBe(false);
    transport.send('pulse', { seq: 1 });
    expect(transport.isFrozen()).toBe(true);
  });

  it('is false for a reader that is slow', async () => {
    fill();
    fill();
    expect(transport.isFrozen()).toBe(false);
    const before = transport.unsentBytes();
    client.resume();
    await expect.poll(() => transport.unsentBytes(), { timeout: 30_000 }).toBeLessThan(before - MUCH);
    client.pause();
    expect(transport.isFrozen()).toBe(false);
  });
});
