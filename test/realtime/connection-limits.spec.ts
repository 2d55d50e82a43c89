import { io } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { getMe } from '../../sdk/generated/sdk.gen.js';
import { type LimitedApp, per, startLimitedApp } from '../support/limited-app.js';
import { LIVE_KINDS, openLive } from '../support/live-client.js';
import { ok, type Person } from '../support/test-app.js';

const ALLOWED = 3;

let app: LimitedApp;
let ana: Person;
beforeAll(async () => {
  app = await startLimitedApp({ limitConnectAddress: per(ALLOWED, 60), limitReads: per(1, 60) });
  ana = await app.signUp('ana');
});
// Every test begins a new window.
afterEach(() => app.pass(60));
afterAll(() => app.close());

/** Opens a WebSocket and resolves to the status and the headers of its refusal; null if it opened. */
function tryWebSocket(forwarded?: string): Promise<{ status: number; retryAfter: string | undefined } | null> {
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws/notifications`, ['bearer', ana.accessToken], {
    headers: forwarded ? { 'x-forwarded-for': forwarded } : {},
  });
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      socket.terminate();
      resolve(null);
    });
    socket.once('unexpected-response', (_request, response) => {
      resolve({ status: response.statusCode!, retryAfter: response.headers['retry-after'] });
    });
    socket.once('error', reject);
  });
}

describe('attempts to open a live connection', () => {
  it.each(LIVE_KINDS)('over %s are counted for the address, not for the user', async (kind) => {
    const clients = [];
    for (let n = 0; n < ALLOWED; n += 1) clients.push(await openLive(kind, app.url, ana.accessToken));
    expect(await tryWebSocket()).toEqual({ status: 429, retryAfter: '60' });
    expect(await tryWebSocket('203.0.113.9')).toBeNull();
    // The proxy wrote the last entry, and the client those before it.
    const forged = ['6.6.6.6', '6.6.6.7', '6.6.6.8'].map((address) => `${address}, 203.0.113.9`);
    const opened = [];
    for (const forwarded of forged) opened.push((await tryWebSocket(forwarded))?.status ?? null);
    expect(opened).toEqual([null, null, 429]);
    expect(await ok(getMe({ client: ana.client }))).toMatchObject({ id: ana.id });
    for (const client of clients) client.cut();
  });

  it('over SSE are refused with a problem', async () => {
    for (let n = 0; n < ALLOWED; n += 1) await tryWebSocket();
    const headers = { authorization: `Bearer ${ana.accessToken}` };
    const response = await app.fetch('/api/changes/stream', { headers });
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('60');
    expect(await response.json()).toMatchObject({ code: 'rate_limited', budget: 'connect_address' });
  });

  it('over SSE announce what is left with the stream', async () => {
    const controller = new AbortController();
    const headers = { authorization: `Bearer ${ana.accessToken}` };
    const response = await fetch(new URL('/api/changes/stream', app.url), { headers, signal: controller.signal });
    expect(response.headers.get('ratelimit')).toBe('"connect_address";r=2;t=60');
    controller.abort();
  });

  it.each(['polling', 'websocket'])('over socket.io by %s are refused before the handshake', async (transport) => {
    for (let n = 0; n < ALLOWED; n += 1) await tryWebSocket();
    const socket = io(app.url, { auth: { token: ana.accessToken }, transports: [transport], reconnectionDelay: 50 });
    const error = await new Promise<Error>((resolve) => socket.once('connect_error', resolve));
    expect(error.message).toMatch(/^(xhr poll|websocket) error$/);
    // The client tries again by itself, and succeeds when the window ends.
    const connected = new Promise((resolve) => socket.once('connect', () => resolve(undefined)));
    app.pass(60);
    await connected;
    socket.disconnect();
  });
});
