import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, getMe, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { Exchanges } from '../../src/platform/database/exchanges.js';
import { openApiDocument } from '../../src/platform/openapi/openapi-document.js';
import { ACCESS_MATRIX, type RequestParts } from '../support/access-matrix.js';
import { AccessWorld, type Cell } from '../support/access-world.js';
import { slot } from '../support/calls.js';
import { EXCHANGES } from '../support/exchanges.js';
import { stopJobs } from '../support/stop-jobs.js';
import { ok, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let world: AccessWorld;
let routes: Map<string, { method: string; path: string }>;
beforeAll(async () => {
  app = await startApp({ sessionCacheSeconds: 60 });
  // What the server does at times of its own would be counted too.
  await stopJobs(app);
  world = await AccessWorld.create(app);
  const { paths } = openApiDocument(app.app) as unknown as {
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  routes = new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => [operationId, { method: method.toUpperCase(), path }]),
    ),
  );
});
afterAll(() => app.close());

interface Case {
  operation: string;
  circumstance?: string;
  inTrash?: boolean;
  request?: (cell: Cell) => RequestParts | Promise<RequestParts>;
}

/** Sends the owner's call with a warm session. Returns how many exchanges with the database it took. */
async function count({ operation, inTrash, request }: Case): Promise<number> {
  const cell = await world.cell('owner', inTrash);
  const parts = { params: {}, query: '', body: undefined, ...(await request?.(cell)) };
  const { method, path } = routes.get(operation)!;
  const all: Record<string, string> = { id: cell.eventId, ...parts.params };
  const url = path.replace(/\{(\w+)\}/g, (_, name: string) => all[name]!) + parts.query;
  await ok(getMe({ client: cell.caller.client }));
  const exchanges = app.app.get(Exchanges);
  const before = exchanges.total;
  const hasBody = parts.body !== undefined;
  const response = await app.fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${cell.token}`,
      ...(hasBody ? { 'content-type': typeof parts.body === 'string' ? 'text/calendar' : 'application/json' } : {}),
    },
    body: typeof parts.body === 'string' ? parts.body : hasBody ? JSON.stringify(parts.body) : null,
  });
  expect(response.status).toBeLessThan(300);
  return exchanges.total - before;
}

/** A request that changes an event that the same server has just changed. */
function editedBefore(body: object | undefined): Case['request'] {
  return async ({ caller }) => {
    const { id } = await ok(createEvent({ client: caller.client, body: { title: 'Busy', ...slot(1) } }));
    await ok(updateEvent({ client: caller.client, path: { id }, body: { title: 'Once' } }));
    return { params: { id }, body };
  };
}

const OWNER = 4;
/** What no member of an event may do: such calls are rare. */
const FOR_ADMINS = ACCESS_MATRIX.filter(({ statuses }) => statuses[OWNER] === 403);
const CASES: Case[] = [
  ...ACCESS_MATRIX.filter(({ statuses }) => statuses[OWNER] < 300),
  {
    operation: 'createEvent',
    circumstance: ' that is busy',
    request: () => ({ body: { title: 'Busy', ...slot(1) } }),
  },
  {
    operation: 'createEvents',
    circumstance: ', 50 of them',
    request: () => ({ body: { events: Array.from({ length: 50 }, (_, n) => ({ title: `No ${n}`, ...slot(n) })) } }),
  },
  {
    operation: 'createEvent',
    circumstance: ' that conflicts, and is allowed',
    request: async ({ caller }) => {
      await ok(createEvent({ client: caller.client, body: { title: 'Busy', ...slot(1) } }));
      return { body: { title: 'Also', ...slot(1), on_conflict: 'allow' } };
    },
  },
  { operation: 'updateEvent', circumstance: ' again', request: editedBefore({ title: 'Again' }) },
  { operation: 'updateEvent', circumstance: ' times again', request: editedBefore(slot(5)) },
  { operation: 'deleteEvent', circumstance: ' after an edit', request: editedBefore(undefined) },
  {
    operation: 'updateEvent',
    circumstance: ' times',
    request: async ({ caller }) => {
      const { id } = await ok(createEvent({ client: caller.client, body: { title: 'Busy', ...slot(1) } }));
      return { params: { id }, body: slot(5) };
    },
  },
];

function sinceToken(query: string): Case['request'] {
  return async ({ token }) => {
    const headers = { authorization: `Bearer ${token}` };
    const listed = await app.fetch(`/api/events${query}`, { headers });
    const { sync_token: syncToken } = (await listed.json()) as { sync_token: string };
    return { query: `?sync_token=${syncToken}` };
  };
}

CASES.push(
  { operation: 'listEvents', circumstance: ' since a sync token', request: sinceToken('') },
  {
    operation: 'listEvents',
    circumstance: ' since a sync token, with filters',
    request: sinceToken('?q=a&from=2026-01-01'),
  },
);

/**
 * A write is one exchange to read its event under the lock, unless the server knows it, and one to store everything; a role
 * guard takes another.
 */
describe('exchanges with the database', () => {
  it.each(CASES.map((one) => [`${one.operation}${one.circumstance ?? ''}`, one] as const))(
    '%s takes as many as the table says',
    async (name, one) => {
      // A scheduled job may run meanwhile: it only adds.
      let exchanges = Infinity;
      for (let attempt = 0; attempt < 10 && exchanges > EXCHANGES[name]!; attempt += 1) {
        exchanges = Math.min(exchanges, await count(one));
      }
      expect({ [name]: exchanges }).toEqual({ [name]: EXCHANGES[name] });
    },
  );

  it('are counted for every operation of the document', () => {
    const counted = new Set([...CASES, ...FOR_ADMINS].map(({ operation }) => operation));
    expect([...routes.keys()].filter((operation) => !counted.has(operation))).toEqual([]);
    expect(Object.keys(EXCHANGES).sort()).toEqual(
      CASES.map((one) => `${one.operation}${one.circumstance ?? ''}`).sort(),
    );
  });
});
