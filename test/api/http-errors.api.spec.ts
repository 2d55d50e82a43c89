import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMeeting } from '../support/meetings.js';
import { send, sendUndocumented } from '../support/requests.js';
import { type Person, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
beforeAll(async () => {
  app = await startApp();
  ana = await app.signUp('ana');
});
afterAll(() => app.close());

/** Sends bytes, and returns all that is received until the connection is closed. */
const exchange = (bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });

describe('a method that an address does not take', () => {
  it.each([
    ['DELETE', '/api/events', 'GET, HEAD, POST'],
    ['PATCH', '/api/events/', 'GET, HEAD, POST'],
    ['POST', '/api/events/01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02', 'DELETE, GET, HEAD, PATCH, PUT'],
    ['GET', '/api/auth/login', 'POST'],
    ['OPTIONS', '/api/auth/me', 'DELETE, GET, HEAD, PATCH'],
    ['PUT', '/api/events/01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02/history/1?x=1', 'GET, HEAD'],
    ['POST', '/openapi.json', 'GET, HEAD'],
    ['DELETE', '/health/live', 'GET, HEAD'],
  ])('%s %s is 405 with the methods that it takes', async (method, path, allow) => {
    for (const as of [ana, undefined]) {
      const { status, headers, json } = await sendUndocumented(app, path, { as, method });
      expect([status, headers.get('allow'), json.code]).toEqual([405, allow, 'method_not_allowed']);
      expect(json.request_id).toBe(headers.get('x-request-id'));
    }
  });

  it.each(['/api/nothing', '/api/events/1/2/3', '/nothing'])('is 404 where nothing is: %s', async (path) => {
    const { status, headers, json } = await sendUndocumented(app, path, { method: 'DELETE' });
    expect([status, headers.get('allow'), json.code]).toEqual([404, null, 'not_found']);
  });

  it('is 404 when the address takes the method, but its text cannot be what it asks for', async () => {
    const { status, headers, json } = await sendUndocumented(app, '/feeds/%E2%80%A8.ics');
    expect([status, headers.get('allow'), json.code]).toEqual([404, null, 'not_found']);
  });
});

describe('bytes that the HTTP parser cannot read', () => {
  it.each([
    ['headers of 100 KB', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`, 431, 'headers_too_large'],
    ['another protocol', 'EHLO example.com\r\n\r\n', 400, 'bad_request'],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n', 400, 'bad_request'],
    [
      'two lengths',
      'POST /api/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
      'bad_request',
    ],
  ])('are answered with a problem document: %s', async (_name, bytes, status, code) => {
    const text = await exchange(bytes);
    const [head, body] = text.split('\r\n\r\n') as [string, string];
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [A-Z]`));
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(head.toLowerCase()).toContain(`content-length: ${Buffer.byteLength(body)}`);
    const problem = JSON.parse(body) as Record<string, unknown>;
    expect(problem).toMatchObject({ type: `/problems/${code}`, status, code });
    expect(head).toContain(`X-Request-Id: ${problem.request_id as string}`);
  });

  it('are answered without the document when they are a HEAD', async () => {
    const text = await exchange(`HEAD /?${'a'.repeat(30_000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
    const [head, body] = text.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 431 [A-Z].*content-length: \d\d+/is);
    expect(body).toBe('');
  });
});

describe('bytes that the HTTP parser cannot read, after requests that it can', () => {
  const GARBAGE = 'EHLO example.com\r\n\r\n';
  const createRequest = (body: string): string =>
    [
      'POST /api/events HTTP/1.1',
      'Host: x',
      `Authorization: Bearer ${ana.accessToken}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n');
  const event = (title: string): string =>
    JSON.stringify({ title, start_time: '2027-05-01T08:00:00Z', end_time: '2027-05-01T09:00:00Z', show_as: 'free' });
  const statusesOf = (text: string): string[] => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status!);

  it('are answered after those, so that no response is taken for that of another request', async () => {
    const text = await exchange(createRequest(event('First')) + createRequest(event('Second')) + GARBAGE);
    expect(statusesOf(text)).toEqual(['201', '201', '400']);
    expect(text.indexOf('"First"')).toBeLessThan(text.indexOf('"Second"'));
  });

  it('are not answered when one of those closes the connection', async () => {
    const last = createRequest(event('Last')).replace('Host: x', 'Host: x\r\nConnection: close');
    expect(statusesOf(await exchange(last + GARBAGE))).toEqual(['201']);
  });

  it('are answered at once when they are in the body of a request', async () => {
    const chunked = createRequest(event('Chunked')).replace(/Content-Length: \d+/, 'Transfer-Encoding: chunked');
    expect(statusesOf(await exchange(chunked))).toEqual(['400']);
  });
});

describe('preconditions on a write', () => {
  const put = (id: string, title: string, headers: Record<string, string>): ReturnType<typeof send> =>
    send(app, `/api/events/${id}`, { as: ana, method: 'PUT', body: { title }, headers });

  it('If-Match takes a list: one that contains the current version is not stale', async () => {
    const { id } = await createMeeting(ana, { show_as: 'free' });
    const prefer = 'handling=strict';
    expect((await put(id, 'Second', { 'if-match': '"1", "7"', prefer })).status).toBe(200);
    expect((await put(id, 'Third', { 'if-match': 'W/"1" ,"2"', prefer })).json.version).toBe(3);
    const stale = await put(id, 'Fourth', { 'if-match': '"1", "2"', prefer });
    expect([stale.status, stale.json.code]).toEqual([412, 'stale_version']);
    const merged = await send(app, `/api/events/${id}`, {
      as: ana,
      method: 'PUT',
      body: { location: 'Room 4' },
      headers: { 'if-match': '"1", "2"' },
    });
    expect([merged.status, merged.headers.get('convene-merged')]).toEqual([200, '2..3']);
  });

  it('If-None-Match: * refuses every write to an event that exists', async () => {
    const { id } = await createMeeting(ana, { show_as: 'free' });
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const body = method === 'DELETE' ? undefined : { title: 'x' };
      const headers = { 'if-none-match': '*' };
      const { status, json } = await send(app, `/api/events/${id}`, { as: ana, method, body, headers });
      expect([status, json.code]).toEqual([412, 'precondition_failed']);
    }
    const read = await send(app, `/api/events/${id}`, { as: ana, headers: { 'if-none-match': '*' } });
    expect(read.status).toBe(304);
    expect((await send(app, `/api/events/${id}`, { as: ana })).json.version).toBe(1);
  });
});
