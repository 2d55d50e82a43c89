import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  Convene,
  ConveneError,
  ConveneNetworkError,
  ConveneTimeoutError,
  type Fetch,
  responseOf,
} from '../../sdk/index.js';
import { backOff, waitBeforeRetry } from '../../sdk/retries.js';
import { clientOf, failure } from '../support/sdk-clients.js';
import { type Person, startApp, type TestApp } from '../support/test-app.js';

const MEETING = { title: 'Plan', start_time: '2031-01-01T10:00:00Z', end_time: '2031-01-01T11:00:00Z' };
const problem = (status: number, code: string, headers = {}): Response =>
  Response.json({ type: '', title: code, status, code, request_id: 'r' }, { status, headers });

describe('a request of the SDK', () => {
  let app: TestApp;
  let ana: Person;
  const open: (() => void)[] = [];
  beforeAll(async () => {
    app = await startApp();
  });
  afterEach(() => {
    for (const close of open.splice(0)) close();
  });
  afterAll(() => app.close());

  /** A client whose first responses are decided by the test: a response in place of the request, or what happens after it. */
  async function clientWith(...first: ((send: () => Promise<Response>) => Promise<Response> | Response)[]): Promise<{
    convene: Convene;
    sent: { url: string; method: string; key: string | undefined }[];
  }> {
    ana = await app.signUp('ana');
    const sent: { url: string; method: string; key: string | undefined }[] = [];
    const through: Fetch = async (url, init) => {
      const headers = init.headers as Record<string, string>;
      sent.push({ url: url.slice(app.url.length), method: init.method!, key: headers['idempotency-key'] });
      const send = (): Promise<Response> => fetch(url, init);
      const turn = first.shift();
      return turn ? turn(send) : send();
    };
    return { convene: clientOf(app, ana, { fetch: through }), sent };
  }
  const lost = async (send: () => Promise<Response>): Promise<never> => {
    await (await send()).text();
    throw new TypeError('fetch failed');
  };
  const unreachable = (): never => {
    throw new TypeError('fetch failed');
  };

  async function listen(handler: (...of: Parameters<RequestListener>) => unknown): Promise<string> {
    const server = createServer((...of) => void handler(...of)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    open.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('whose answer is lost after the commit is sent again with its key, and done once', async () => {
    const { convene, sent } = await clientWith(lost, lost);
    const event = await convene.events.create(MEETING);
    expect(event.version).toBe(1);
    expect(responseOf(event)).toMatchObject({ status: 201, replayed: true });
    expect(new Set(sent.map(({ key }) => key)).size).toBe(1);
    expect(sent.length).toBe(3);
    const { items } = await clientOf(app, ana).events.list().page();
    expect(items.map(({ id }) => id)).toEqual([event.id]);
  });

  it('is cut in the middle of the answer by a real connection, and done once', async () => {
    const { convene: direct } = await clientWith();
    let cuts = 0;
    const proxy = await listen(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
      const body = chunks.length > 0 ? { body: Buffer.concat(chunks) } : {};
      const answer = await fetch(app.url + request.url!, {
        method: request.method!,
        headers: headers as never,
        ...body,
      });
      const text = await answer.text();
      if (cuts++ < 2) {
        response.writeHead(answer.status, { 'content-type': 'application/json', 'content-length': text.length });
        response.write(text.slice(0, 20), () => response.destroy());
      } else response.writeHead(answer.status, Object.fromEntries(answer.headers.entries())).end(text);
    });
    const convene = clientOf({ url: proxy }, ana);
    const event = await convene.events.create(MEETING);
    expect((await direct.events.list().toArray()).map(({ id }) => id)).toEqual([event.id]);
  });

  it('waits for a rate limit, an overload and an earlier request with its key, and for nothing else', async () => {
    const { convene, sent } = await clientWith(
      () => problem(429, 'rate_limited', { 'retry-after': '0' }),
      () => problem(503, 'unavailable', { 'retry-after': '0' }),
      () => problem(409, 'request_running'),
    );
    await convene.events.create(MEETING);
    expect([sent.length, new Set(sent.map(({ key }) => key)).size]).toEqual([4, 1]);
    const clash = await failure(convene.events.create(MEETING));
    expect([(clash as ConveneError).code, sent.length]).toEqual(['event_conflict', 5]);
  });

  it('gives up after its retries, with the last failure', async () => {
    const { convene, sent } = await clientWith(unreachable, unreachable, unreachable);
    const error = await failure(convene.events.create(MEETING, { retries: 2 }));
    expect(error).toBeInstanceOf(ConveneNetworkError);
    expect([(error.cause as Error).message, sent.length]).toEqual(['fetch failed', 3]);
  });

  it('does not wait longer than it may', async () => {
    const { convene, sent } = await clientWith(() => problem(429, 'rate_limited', { 'retry-after': '31' }));
    const error = await failure(convene.events.list().page());
    expect(error).toMatchObject({ code: 'rate_limited', status: 429, retryAfter: 31 });
    expect(sent.length).toBe(1);
  });

  it('that must not be done twice is not repeated when its answer is lost', async () => {
    const { convene, sent } = await clientWith(lost);
    const error = await failure(convene.account.update({ time_zone: 'Europe/Paris' }));
    expect([error.name, sent.length]).toEqual(['ConveneNetworkError', 1]);
  });

  it('ends when its signal is aborted: before it, while it is waited for, and between attempts', async () => {
    const reason = new Error('No longer needed');
    const aborted = AbortSignal.abort(reason);
    const { convene, sent } = await clientWith();
    expect(await failure(convene.events.list({}, { signal: aborted }).page())).toBe(reason);
    expect(sent.length).toBe(0);
    const stop = new AbortController();
    const silent = await listen(() => stop.abort(reason));
    expect(await failure(clientOf({ url: silent }, ana).events.list({}, { signal: stop.signal }).page())).toBe(reason);
    const between = new AbortController();
    const { convene: second, sent: twice } = await clientWith(() => {
      setTimeout(() => between.abort(reason));
      return problem(503, 'unavailable', { 'retry-after': '20' });
    });
    expect(await failure(second.events.list({}, { signal: between.signal }).page())).toBe(reason);
    expect(twice.length).toBe(1);
  });

  it('ends when no answer arrives in time', async () => {
    let requests = 0;
    const silent = await listen((_request, response) => {
      requests += 1;
      // Also in the middle of an answer.
      if (requests === 2) response.writeHead(200, { 'content-length': 10 }).write('{');
    });
    const error = await failure(clientOf({ url: silent }, ana, { timeout: 200, retries: 1 }).events.list().page());
    expect(error).toBeInstanceOf(ConveneTimeoutError);
    expect(error).toBeInstanceOf(ConveneNetworkError);
    expect(requests).toBe(2);
  });

  it('is not sent with a date, a number or a header that nobody could read', async () => {
    const { convene, sent } = await clientWith();
    const bad = new Date('garbage');
    expect(await failure(convene.events.create({ ...MEETING, start_time: bad }))).toEqual(
      new RangeError('start_time is an invalid Date'),
    );
    expect(await failure(convene.events.batch([MEETING, { ...MEETING, end_time: bad }]))).toBeInstanceOf(RangeError);
    expect(await failure(convene.events.list({ from: bad }).page())).toEqual(new RangeError('from is an invalid Date'));
    expect(await failure(convene.events.list({ limit: NaN }).page())).toEqual(new RangeError('limit is NaN'));
    const question = { user_ids: [], duration_minutes: Infinity, from: '2031-01-01', to: '2031-01-02' };
    expect(await failure(convene.availability.findTime(question))).toEqual(
      new RangeError('duration_minutes is Infinity'),
    );
    expect(await failure(convene.events.create(MEETING, { idempotencyKey: 'two\nlines' }))).toBeInstanceOf(TypeError);
    expect(sent).toEqual([]);
  });

  it.each(['127.0.0.1:3000', 'localhost', 'ftp://127.0.0.1', 'http:', 'http://', '/api', '', undefined])(
    'goes to the address of a server, which “%s” is not',
    (baseUrl) => {
      expect(() => new Convene({ baseUrl })).toThrow('baseUrl must be an address such as http://127.0.0.1:3000');
    },
  );

  it('says so when something else responds', async () => {
    const other = await listen((_request, response) => response.writeHead(404).end('<h1>Not here</h1>'));
    const error = await failure(clientOf({ url: other }, ana).events.list().page());
    expect(error).toMatchObject({ code: 'unexpected_response', status: 404, errors: [], conflicts: [] });
  });
});

describe('the wait before a retry', () => {
  it('doubles, with a random part, up to a limit', () => {
    for (const [attempt, most] of [
      [0, 250],
      [1, 500],
      [4, 4_000],
      [20, 30_000],
    ] as const) {
      // prettier-ignore
      for (let i = 0; i < 100; i += 1) {
        expect(backOff(attempt)).toBeGreaterThanOrEqual(most / 2);
        expect(backOff(attempt)).toBeLessThanOrEqual(most);
      }
    }
  });

  it('is at least what the server asks for', () => {
    const error = new ConveneError({ type: '', title: '', status: 503, code: 'unavailable', instance: '', request_id: '' }, 5); // prettier-ignore
    expect(waitBeforeRetry(error, 0, false, {})).toBeGreaterThanOrEqual(5_000);
    expect(waitBeforeRetry(error, 0, true, { maxRetryWait: 4_000 })).toBeNull();
    expect(waitBeforeRetry(error, 4, true, {})).toBeNull();
  });
});
