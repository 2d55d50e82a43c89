import { Agent } from 'node:http';
import { gzipSync } from 'node:zlib';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { getMetrics } from '../../sdk/generated/sdk.gen.js';
import { parseExposition } from '../support/exposition.js';
import { RawConnection } from '../support/raw-connection.js';
import { type RawRequest, sendRaw } from '../support/raw-request.js';
import { readBody } from '../support/response-contract.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

const ID = '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a05';
const JSON_TYPE = { 'content-type': 'application/json' };

let app: TestApp;
let ana: Person;
const agent = new Agent({ keepAlive: true });
beforeAll(async () => {
  app = await startApp();
  ana = await app.signUp('ana');
});
afterAll(async () => {
  agent.destroy();
  await app.close();
});

/** Returns the status, and the code of a problem. */
async function send({ headers = {}, ...request }: Partial<RawRequest> & { path: string }): Promise<string> {
  const all = { authorization: `Bearer ${ana.accessToken}`, ...headers };
  const { response } = await sendRaw(app.url, { method: 'GET', ...request, headers: all }, agent);
  const { code } = ((await readBody(response)) ?? {}) as { code?: string };
  return code ? `${response.status} ${code}` : String(response.status);
}

// What the fuzzer (test/contract/fuzz.spec.ts) found, one of each kind.
describe('a request that is not quite right', () => {
  it.each<[string, Partial<RawRequest> & { path: string }, string]>([
    [
      'a body that is not in the encoding that it names',
      {
        method: 'POST',
        path: '/api/events',
        headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
        body: Buffer.from('{}'),
      },
      '400 unreadable_body',
    ],
    [
      'an encoding that nobody knows',
      {
        method: 'POST',
        path: '/api/events',
        headers: { ...JSON_TYPE, 'content-encoding': 'x' },
        body: Buffer.from('{}'),
      },
      '415 unsupported_format',
    ],
    [
      'an encoding that nobody knows, of no body',
      { method: 'POST', path: `/api/notifications/${ID}/read`, headers: { 'content-encoding': 'x' } },
      '404 not_found',
    ],
    ['the encoding of the body of a GET', { path: '/api/events', headers: { 'content-encoding': 'x' } }, '200'],
    [
      'the body of a route without one',
      { method: 'DELETE', path: `/api/events/${ID}`, headers: JSON_TYPE, body: Buffer.from('{') },
      '400 unreadable_body',
    ],
    ['an expectation that nobody knows', { path: '/api/events', headers: { expect: 'a miracle' } }, '200'],
    ['an id of 5,000 characters', { path: `/api/events/${'a'.repeat(5_000)}` }, '422 validation_failed'],
    ['an address that cannot be decoded', { path: '/api/events/%' }, '400 bad_request'],
    [
      'headers of 20,000 characters',
      { path: '/api/events', headers: { a: 'a'.repeat(20_000) } },
      '431 headers_too_large',
    ],
    [
      'an address that does not exist, for a page',
      { path: '/api/none', headers: { accept: 'text/html' } },
      '404 not_found',
    ],
    [
      'a body for an address that does not exist',
      { method: 'POST', path: '/api/none', headers: JSON_TYPE, body: Buffer.from('{') },
      '404 not_found',
    ],
    [
      'a body for a method that does not exist',
      { method: 'PUT', path: '/api/events', headers: JSON_TYPE, body: Buffer.from('{') },
      '405 method_not_allowed',
    ],
  ])('is answered with a problem that says what it is: %s', async (_name, request, answer) => {
    expect(await send(request)).toBe(answer);
  });
});

// Where the body ends before it has been decompressed, and where more of it comes after the error.
describe.each(['gzip', 'deflate', 'br'])('a body that is not in the encoding that it names: %s', (encoding) => {
  const headers = { ...JSON_TYPE, 'content-encoding': encoding };

  it.each([10, 20_000, 300_000])('is refused for that: %i bytes', async (size) => {
    const body = Buffer.alloc(size, '{"title":"Plan"}');
    expect(await send({ method: 'POST', path: '/api/events', headers, body })).toBe('400 unreadable_body');
  });

  it('is refused for that before it has come whole', async () => {
    const connection = await RawConnection.open(app.url);
    const lines = Object.entries({ host: 'x', authorization: `Bearer ${ana.accessToken}`, ...headers });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    await connection.write(`POST /api/events HTTP/1.1\r\n${head}content-length: 20\r\n\r\n{"title":`);
    expect((await connection.read()).body).toContain('"code":"unreadable_body"');
    connection.close();
  });
});

it.each(['GZIP', 'x-gzip', 'X-Gzip', 'Identity'])(
  'an encoding by another spelling of its name is read: %s',
  async (encoding) => {
    const event = JSON.stringify({
      title: 'Plan',
      start_time: '2026-06-01T10:00:00Z',
      end_time: '2026-06-01T11:00:00Z',
      show_as: 'free',
    });
    const body = encoding === 'Identity' ? Buffer.from(event) : gzipSync(event);
    const headers = { ...JSON_TYPE, 'content-encoding': encoding };
    expect(await send({ method: 'POST', path: '/api/events', headers, body })).toBe('201');
  },
);

// No hook of the framework runs for it.
it('an address that cannot be decoded is in the log and in the metrics, without what may be a secret', async () => {
  const lines = vi.spyOn(Logger.prototype, 'log');
  const count = async (): Promise<number> =>
    parseExposition(await ok(getMetrics({ client: ana.client })))
      .filter(({ name }) => name === 'convene_http_request_duration_seconds_count')
      .filter(({ labels }) => labels['route'] === 'none' && labels['status'] === '4xx')
      .reduce((sum, { value }) => sum + value, 0);
  try {
    const before = await count();
    await send({ path: `/feeds/${'s'.repeat(43)}%.ics`, headers: { 'x-request-id': 'undecodable-1' } });
    const expected = { request_id: 'undecodable-1', method: 'GET', path: '/feeds/….ics', status: 400 };
    await expect
      .poll(() => lines.mock.calls)
      .toContainEqual(['request', expect.objectContaining({ ...expected, client_left: undefined })]);
    expect(await count()).toBe(before + 1);
  } finally {
    lines.mockRestore();
  }
});
