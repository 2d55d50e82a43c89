import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '../../src/platform/openapi/openapi-document.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let routes: [method: string, path: string][];
beforeAll(async () => {
  app = await startApp();
  const { paths } = openApiDocument(app.app);
  const id = '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02';
  routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations as Record<string, { security?: object[]; requestBody?: object }>)
      .filter(([, { security, requestBody }]) => requestBody && security?.length && !security.some(isEmpty))
      .map(([method]): [string, string] => [method.toUpperCase(), path.replace(/\{\w+\}/g, id)]),
  );
});
afterAll(() => app.close());

const isEmpty = (requirement: object): boolean => Object.keys(requirement).length === 0;

/** Sends the start of a request, and returns what is read of the response: the status line, or something else. */
function begin(head: string, read = (text: string) => text.split('\r\n')[0]!): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1', () => socket.write(head));
    socket.once('data', (chunk) => {
      resolve(read(chunk.toString()));
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

describe('a request without a valid token', () => {
  it('is refused before its body is read, on every route with a body', async () => {
    expect(routes.length).toBeGreaterThan(10);
    for (const [method, path] of routes) {
      for (const authorization of ['', 'Authorization: Bearer not.a.token\r\n']) {
        // The body never comes.
        const status = await begin(
          `${method} ${path} HTTP/1.1\r\nHost: x\r\n${authorization}Content-Type: application/json\r\nContent-Length: 900000\r\n\r\n`,
        );
        expect([method, path, status]).toEqual([method, path, 'HTTP/1.1 401 Unauthorized']);
      }
    }
  });

  it.each([
    ['unreadable', 'application/json', '{'],
    ['in a format that nobody knows', 'application/yaml', 'title: x'],
    ['nested too deeply', 'application/json', '['.repeat(5_000)],
    ['too large', 'application/json', JSON.stringify('x'.repeat(5_000_000))],
    ['of MessagePack that cannot be read', 'application/msgpack', 'ÿÿÿ'],
  ])('learns nothing about a body that is %s', async (_name, type, body) => {
    const response = await app.fetch('/api/events', { method: 'POST', headers: { 'content-type': type }, body });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'unauthenticated' });
  });

  it('keeps its connection, unless its body is larger than any that is accepted', async () => {
    const send = (body: string): Promise<Response> =>
      app.fetch('/api/events', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect((await send('{}')).headers.get('connection')).toBe('keep-alive');
    expect((await send(JSON.stringify('x'.repeat(5_000_000)))).headers.get('connection')).toBe('keep-alive');
    const head = await begin(
      'POST /api/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 90000000\r\n\r\n',
      (text) => text.toLowerCase(),
    );
    expect(head).toContain('connection: close');
  });
});
