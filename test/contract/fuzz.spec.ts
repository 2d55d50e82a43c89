import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '../../src/platform/openapi/openapi-document.js';
import { FuzzRequests, type FuzzDocument } from '../support/fuzz-requests.js';
import { FuzzWorld } from '../support/fuzz-world.js';
import { expectInvariants } from '../support/invariants.js';
import { Chance } from '../support/random.js';
import { type RawAnswer, type RawRequest, sendRaw } from '../support/raw-request.js';
import { readBody, ResponseContract } from '../support/response-contract.js';
import { stressed } from '../support/stress.js';
import { startApp, type TestApp } from '../support/test-app.js';

const REQUESTS = stressed(3_000, 100_000);
const WORKERS = 8;
/** People are erased, disabled and signed out on the way. */
const RENEWED_AFTER = 150;
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);
/** Faults of one kind are listed once. */
const LISTED = 40;

/** What no response may contain: a stack, SQL, a path of the server. None of it is in what the requests send. */
const LEAKS = [
  /\n\s+at .+:\d+:\d+/,
  /node_modules|node:internal|file:\/\//,
  /\/(src|dist|tmp|home|root)\/[\w.-]+/,
  /\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b[^"]*\b(FROM|SET|VALUES|WHERE)\b/,
  /\b(QueryFailedError|TypeError|RangeError|ReferenceError|SyntaxError|PostgresError)\b/,
  /violates (check|unique|foreign|not-null|exclusion)|relation "|syntax error at/,
];

let app: TestApp;
// A batch of hundreds into a full calendar takes long on a machine that is busy with all of this.
beforeAll(async () => void (app = await startApp({ databaseTransactionSeconds: 600 })));
afterAll(() => app.close());

const statuses = new Map<number, number>();
const summary = (): string =>
  [...statuses]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${count} × ${status}`)
    .join(', ');

const faults = new Map<string, { count: number; example: string }>();

/** Notes a fault under its kind: numbers and ids left out. */
function report(fault: string, { method, path, headers, body }: RawRequest, worker: number, turn: number): void {
  const kind = fault
    .replace(/[0-9a-f]{8}-[\w-]{27}/g, '…')
    .split('\n')[0]!
    .replace(/\/api\/\S+ →/, '→')
    .slice(0, 300);
  const seen = faults.get(kind) ?? { count: 0, example: '' };
  seen.count += 1;
  const shown = headers['content-type']?.includes('msgpack') ? body?.toString('hex') : body?.toString();
  const { authorization: _token, ...others } = headers;
  seen.example ||= [
    fault.slice(0, 1_500),
    `  ${method} ${path.slice(0, 500)} ${JSON.stringify(others).slice(0, 500)}`,
    `  ${shown?.slice(0, 1_500) ?? 'no body'}`,
    `  worker ${worker}, turn ${turn}`,
  ].join('\n');
  // At once: a long run may end before it lists them.
  if (seen.count === 1) console.log(seen.example);
  faults.set(kind, seen);
}

async function check(request: RawRequest, answer: RawAnswer, contract: ResponseContract): Promise<unknown> {
  const { response, bytes } = answer;
  const { status } = response;
  // A machine with very much to do may call the database too slow, and may say so there only.
  if (status >= 500 && !(status === 503 && request.path.startsWith('/health/ready')))
    throw new Error(`${status} ${bytes.toString().slice(0, 1_000)}`);
  if (request.method === 'HEAD' || request.method === 'OPTIONS') return undefined;
  const body = await readBody(response);
  // The dashboard is a page, not an operation: it is at no other address that is made here.
  const isDashboard = request.method === 'GET' && /^\/(\?|$)/.test(request.path) && status === 200;
  if (!isDashboard) await contract.check(request.method, request.path, response);
  // A browser gets a page where there is no operation.
  const isPage =
    request.headers['accept']?.includes('text/html') && !/^\/(api|feeds|dav|health|metrics)\b/.test(request.path);
  if (status >= 400 && isPage) expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  else if (status >= 400) {
    expect(response.headers.get('content-type')).toMatch(/^application\/(problem\+json|msgpack)/);
    expect(body).toMatchObject({ status, title: expect.any(String) as string, code: expect.any(String) as string });
  }
  const leak = LEAKS.find((pattern) => pattern.test(bytes.toString()));
  if (leak) throw new Error(`leaks ${String(leak)}: ${leak.exec(bytes.toString())![0].slice(0, 200)}`);
  return body;
}

describe(`${REQUESTS.toLocaleString('en')} requests made of the OpenAPI document, nearly right and quite wrong`, () => {
  it('are answered as the document says, none with a 5xx, a stack, SQL or a path', { timeout: 7_200_000 }, async () => {
    const document = openApiDocument(app.app);
    const contract = new ResponseContract(document as never);
    const requests = new FuzzRequests(document as unknown as FuzzDocument);
    const agent = new Agent({ keepAlive: true, maxSockets: WORKERS });
    console.log(`FUZZ_SEED=${SEED}`);

    // Each worker has people of its own, and so the same requests come with the same seed.
    const work = async (worker: number): Promise<void> => {
      const world = new FuzzWorld(app);
      for (let turn = 0; turn < REQUESTS / WORKERS; turn += 1) {
        if (turn % RENEWED_AFTER === 0) await world.renew();
        else await world.revive();
        if (worker === 0 && turn % 1_250 === 1_249) console.log(`${summary()}, ${faults.size} kinds of faults`);
        const chance = new Chance(SEED + worker * 1_000_003 + turn * 7_919);
        const request = requests.next(world, chance);
        try {
          const answer = await sendRaw(app.url, request, agent);
          statuses.set(answer.response.status, (statuses.get(answer.response.status) ?? 0) + 1);
          world.learn(request, answer.response, await check(request, answer, contract));
        } catch (error) {
          report((error as Error).message, request, worker, turn);
        }
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));
    agent.destroy();

    console.log(summary());
    const found = [...faults.values()]
      .sort((a, b) => b.count - a.count)
      .map(({ count, example }) => `${count} × ${example}`);
    expect(found.slice(0, LISTED).join('\n\n')).toBe('');
    await expectInvariants(app.database);
  });
});
