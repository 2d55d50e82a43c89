import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE_REQUESTS, type HostileRequest } from '../support/hostile-requests.js';
import { type RunningServer, startServer } from '../support/running-server.js';
import { PASSWORD } from '../support/test-app.js';

/** Some of these requests held a server for 6 to 12 seconds. A machine with much to do may take long for anything. */
const HELD_MS = 2_500;
/** A refusal repeats little of what it refuses. */
const LARGEST_REFUSAL = 64_000;

let server: RunningServer;
let token: string;
const delays: [name: string, milliseconds: number][] = [];

beforeAll(async () => {
  server = await startServer({ LOG_LEVEL: 'error' });
  const account = { username: 'ana', email: 'ana@example.com', password: PASSWORD };
  const response = await fetch(`${server.url}/api/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(account),
  });
  ({ access_token: token } = (await response.json()) as { access_token: string });
});
afterAll(async () => {
  const [slowest] = delays.sort((a, b) => b[1] - a[1]);
  console.log(`Longest wait for /health/live: ${Math.round(slowest![1])} ms, during ${slowest![0]}`);
  await server.stop();
});

const sendHostile = ({ path, method = 'POST', type, body, anonymous }: HostileRequest): Promise<Response> =>
  fetch(`${server.url}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }),
      ...(anonymous ? {} : { authorization: `Bearer ${token}` }),
    },
    body: body as BodyInit | undefined,
  });

/** Asks for the health of the server until the work is done. Returns the longest time that it took to answer. */
async function longestWait(work: Promise<unknown>): Promise<number> {
  let isDone = false;
  const settled = (): void => void (isDone = true);
  work.then(settled, settled);
  let longest = 0;
  while (!isDone) {
    const before = performance.now();
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    longest = Math.max(longest, performance.now() - before);
    await sleep(2);
  }
  return longest;
}

describe('a hostile request', () => {
  it.each(HOSTILE_REQUESTS)('is answered without holding the others: $name', async (request) => {
    const answer = sendHostile(request).then(async (response) => ({ response, text: await response.text() }));
    const waited = await longestWait(answer);
    delays.push([request.name, waited]);
    const { response, text } = await answer;
    if (request.accepted) expect([200, 201]).toContain(response.status);
    else {
      expect([400, 401, 404, 413, 422]).toContain(response.status);
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(text.length).toBeLessThan(LARGEST_REFUSAL);
      const { errors = [] } = JSON.parse(text) as { errors?: unknown[] };
      expect(errors.length).toBeLessThanOrEqual(100);
    }
    expect(waited).toBeLessThan(HELD_MS);
  });
});
