import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { readConfig } from '../config/config.js';
import { refuseWhenOverloaded } from './overload.js';

let fastify: FastifyInstance;
afterEach(() => fastify.close());

function serve(overloadLagMs: number): void {
  fastify = Fastify();
  refuseWhenOverloaded(fastify, readConfig({}).with({ overloadLagMs }));
  for (const url of ['/api/events', '/health/live', '/metrics']) fastify.get(url, () => 'served');
  fastify.post('/api/auth/logout', () => 'served');
}
const statusOf = async (url: string, method: 'GET' | 'POST' = 'GET'): Promise<number> =>
  (await fastify.inject({ url, method })).statusCode;

/** Leaves the event loop only between two pieces of work. */
async function work(pieces: number, milliseconds: number): Promise<void> {
  for (let piece = 0; piece < pieces; piece += 1) {
    const until = performance.now() + milliseconds;
    while (performance.now() < until);
    await sleep(0);
  }
}

describe('a server that is far behind', () => {
  it('refuses at once, but shows how it is and ends sessions; and serves again when it has caught up', async () => {
    serve(400);
    expect(await statusOf('/api/events')).toBe(200);
    await work(6, 600);
    const response = await fastify.inject({ url: '/api/events' });
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('2');
    expect(response.json()).toMatchObject({ code: 'unavailable', detail: 'The server has too much to do.' });
    expect(await statusOf('/health/live')).toBe(200);
    expect(await statusOf('/metrics')).toBe(200);
    expect(await statusOf('/api/auth/logout', 'POST')).toBe(200);
    while ((await statusOf('/api/events')) !== 200) await sleep(50);
  });

  it('does not count a single long piece of work as one', async () => {
    serve(400);
    while ((await statusOf('/api/events')) !== 200) await sleep(50);
    await sleep(1_200);
    await work(1, 800);
    expect(await statusOf('/api/events')).toBe(200);
  });

  it('refuses nothing if the limit is 0', async () => {
    serve(0);
    await work(4, 600);
    expect(await statusOf('/api/events')).toBe(200);
  });
});
