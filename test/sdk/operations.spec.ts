import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Convene, type Fetch } from '../../sdk/index.js';
import { Resource } from '../../sdk/resource.js';

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
/** Not called by name, and why. */
const WITHOUT_A_METHOD = [
  // For those who operate a server.
  'GET /metrics',
  'GET /health/live',
  'GET /health/ready',
  // Called when a session is renewed, and by `live`.
  'POST /api/auth/refresh',
  'GET /api/changes/stream',
  // For calendar applications, which know the whole address.
  'GET /feeds/{}.ics',
  // The same as PUT, for clients that know only JSON Merge Patch.
  'PATCH /api/events/{}',
];

/** Parts of methods, and methods that are given what to call. */
const HELPERS = ['constructor', 'change', 'edit', 'request', 'sync'];

const { paths } = JSON.parse(readFileSync('sdk/openapi.json', 'utf8')) as { paths: Record<string, object> };
const documented = Object.entries(paths).flatMap(([path, operations]) =>
  Object.keys(operations)
    .map((method) => method.toUpperCase())
    .filter((method) => METHODS.has(method))
    .map((method) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`),
);

/** Names of methods of an object and what it inherits, up to the class that all resources share. */
function methodsOf(target: object): string[] {
  const names: string[] = [];
  for (let at: object = Object.getPrototypeOf(target); at !== Resource.prototype && at !== Object.prototype;) {
    names.push(...Object.getOwnPropertyNames(at).filter((name) => !HELPERS.includes(name)));
    at = Object.getPrototypeOf(at) as object;
  }
  return names;
}

/** Calls every method of every resource, and returns the requests that it sends. */
async function callEverything(): Promise<Set<string>> {
  const sent = new Set<string>();
  const record: Fetch = (url, { method }) => {
    sent.add(`${method} ${new URL(url).pathname.replaceAll('an-id', '{}')}`);
    return Promise.resolve(Response.json({ items: [], next_cursor: null, user: {}, access_token: 'a' }));
  };
  const session = { access_token: 'a', refresh_token: 'r', expires_at: null, user: null };
  const convene = new Convene({ baseUrl: 'http://server.test', session, fetch: record });
  const resources = Object.values(convene).filter((value) => value instanceof Resource) as object[];
  for (const target of [...resources, convene]) {
    for (const name of methodsOf(target)) {
      const method = (target as Record<string, (...args: string[]) => unknown>)[name]!;
      try {
        const result = await method.call(target, 'an-id', 'an-id', 'an-id');
        const pages = result as Partial<AsyncIterable<unknown>> | undefined;
        await pages?.[Symbol.asyncIterator]?.().next();
      } catch {
        // A method that wants other arguments has sent its request, or is missing in the result.
      }
    }
  }
  return sent;
}

describe('the methods of the SDK', () => {
  it('call every operation of the API, and only those', async () => {
    const sent = await callEverything();
    const called = documented.filter((operation) => sent.has(operation));
    expect(documented.filter((operation) => !called.includes(operation)).toSorted()).toEqual(
      WITHOUT_A_METHOD.toSorted(),
    );
    const unknown = [...sent].filter((operation) => !documented.includes(operation));
    expect(unknown).toEqual([]);
  });
});
