import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Convene, type ConveneOptions, type LiveState, type LiveTransport, type WebSocketConstructor } from '../../sdk/index.js'; // prettier-ignore
import { logout } from '../../sdk/operations.js';
import { CutProxy } from '../support/cut-proxy.js';
import { clientOf } from '../support/sdk-clients.js';
import { PASSWORD, type Person, startApp, type TestApp } from '../support/test-app.js';
import { PATIENCE_MS } from '../support/patient.js';

const TRANSPORTS: LiveTransport[] = ['web_socket', 'sse', 'polling'];
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: PATIENCE_MS, interval: 20 });

describe('live changes of the SDK', () => {
  let app: TestApp;
  const started: { close(): unknown }[] = [];
  let hour = 0;
  beforeAll(async () => {
    app = await startApp({ pulseSeconds: 1 });
  });
  afterEach(() => {
    for (const one of started.splice(0)) one.close();
  });
  afterAll(() => app.close());

  /** A person, a client of theirs that writes, and one that listens, through a network that can break. */
  async function scene(
    transports: LiveTransport[],
    options: ConveneOptions = {},
    { server = app }: { server?: TestApp } = {},
  ): Promise<{
    person: Person;
    writer: Convene;
    listener: Convene;
    network: CutProxy;
    seqs: number[];
    states: LiveState[];
    write(count: number): Promise<number>;
  }> {
    const person = await app.signUp('ana');
    const network = await CutProxy.start(server.url);
    const listener = new Convene({
      baseUrl: network.url,
      ...options,
      live: { transports, WebSocket, pollEvery: 50, ...options.live },
    });
    await listener.signIn({ username: person.username, password: PASSWORD });
    const [seqs, states]: [number[], LiveState[]] = [[], []];
    listener.live.on('change', ({ seq }) => seqs.push(seq));
    listener.live.on('state', (state) => states.push(state));
    started.push(listener.live, network);
    const writer = clientOf(app, person);
    let written = 0;
    const write = async (count: number): Promise<number> => {
      for (let n = 0; n < count; n += 1) {
        hour += 1;
        const at = (hours: number): Date => new Date(Date.UTC(2031, 0, 1, hours));
        await writer.events.create({ title: `Event ${hour}`, start_time: at(hour), end_time: at(hour + 1) });
      }
      return (written += count);
    };
    return { person, writer, listener, network, seqs, states, write };
  }
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

  it.each(TRANSPORTS)('arrive over %s, each once and in order, by their type too', async (transport) => {
    const { listener, writer, seqs, write } = await scene([transport]);
    await listener.live.connect();
    expect(listener.live.state).toEqual({ state: 'open', transport, reason: null });
    const renamed: string[] = [];
    const remove = listener.live.on('event_updated', ({ event_title }) => renamed.push(event_title));
    await write(3);
    const [event] = await writer.events.list().toArray();
    await writer.events.update(event!, { title: 'Renamed' });
    await until(() => expect([seqs, renamed]).toEqual([upTo(4), ['Renamed']]));
    remove();
    await writer.events.update(event!.id, { title: 'Again' });
    await until(() => expect(seqs).toEqual(upTo(5)));
    expect(renamed).toEqual(['Renamed']);
  });

  it.each(TRANSPORTS)('go on over %s where they stopped, however often the network breaks', async (transport) => {
    const { listener, network, seqs, write } = await scene([transport]);
    await listener.live.connect();
    for (let round = 0; round < 6; round += 1) {
      const writing = write(3);
      network.cut();
      await writing;
      if (round % 2 === 0) network.down(true);
      const written = await write(1);
      network.down(false);
      if (round % 3 === 0) await until(() => expect(seqs.length).toBe(written));
    }
    const written = await write(1);
    await until(() => expect(seqs.length).toBeGreaterThanOrEqual(written));
    expect(seqs).toEqual(upTo(written));
  });

  it('that happened while the program was not running arrive from a number on', async () => {
    const { listener, seqs, write } = await scene(['sse']);
    listener.live.close();
    await write(5);
    await listener.live.connect({ after: 2 });
    await until(() => expect(seqs).toEqual([3, 4, 5]));
    listener.live.close();
    await write(2);
    await listener.live.connect();
    await until(() => expect(seqs).toEqual([3, 4, 5, 6, 7]));
  });

  it('fall back from WebSocket to SSE to polling', async () => {
    const refused = function () {
      throw new Error('No WebSocket here');
    } as unknown as WebSocketConstructor;
    const noStream = (url: string, init: RequestInit): Promise<Response> =>
      url.endsWith('/stream') ? Promise.resolve(new Response('<h1>No</h1>', { status: 502 })) : fetch(url, init);
    for (const [fetching, expected] of [
      [fetch, 'sse'],
      [noStream, 'polling'],
    ] as const) {
      // prettier-ignore
      const { listener, seqs, states, write } = await scene(TRANSPORTS, {
        fetch: fetching,
        live: { WebSocket: refused, pollEvery: 50 },
      });
      await listener.live.connect();
      expect(listener.live.state.transport).toBe(expected);
      await write(2);
      await until(() => expect(seqs).toEqual([1, 2]));
      const tried = states.filter(({ state }) => state === 'connecting').map(({ transport }) => transport);
      expect(new Set(tried)).toEqual(new Set(TRANSPORTS.slice(0, TRANSPORTS.indexOf(expected) + 1)));
    }
  });

  it('do not fall back while the server cannot be reached', async () => {
    const { listener, network, states } = await scene(TRANSPORTS);
    await listener.live.connect();
    network.down(true);
    await until(() => expect(states.filter(({ state }) => state === 'connecting').length).toBeGreaterThan(4));
    network.down(false);
    await listener.live.connect();
    expect(listener.live.state.transport).toBe('web_socket');
  });

  it.each(['web_socket', 'sse'] as const)('notice a dead connection over %s', async (transport) => {
    const { listener, network, seqs, states, write } = await scene([transport], { live: { silence: 3_000 } });
    await listener.live.connect();
    network.freeze();
    await write(1);
    await until(() => expect(seqs).toEqual([1]));
    expect(states.map(({ reason }) => reason)).toContain('silent');
  });

  it.each(TRANSPORTS)('ask over %s to reload when the stream does not reach back', async (transport) => {
    const { listener, seqs, write } = await scene([transport]);
    listener.live.close();
    await write(2);
    const resyncs: number[] = [];
    listener.live.on('resync', ({ after }) => resyncs.push(after));
    // Beyond the end, as after a restore from a backup.
    await listener.live.connect({ after: 1_000 });
    await until(() => expect(resyncs).toEqual([2]));
    await write(1);
    await until(() => expect(seqs).toEqual([3]));
  });

  it('stay on one WebSocket beyond the end of its token', async () => {
    const short = await startApp({ accessTokenSeconds: 12, pulseSeconds: 1 }, app.database);
    try {
      const { listener, seqs, states, write } = await scene(['web_socket'], {}, { server: short });
      let renewals = 0;
      listener.on('refreshed', () => (renewals += 1));
      await listener.live.connect();
      await until(() => expect(renewals).toBeGreaterThan(1));
      await write(1);
      await until(() => expect(seqs).toEqual([1]));
      expect(states.map(({ state, reason }) => [state, reason])).toEqual([
        ['connecting', null],
        ['open', null],
      ]);
    } finally {
      for (const one of started.splice(0)) one.close();
      await short.close();
    }
  });

  it.each(TRANSPORTS)('stop over %s when the session ends, and begin anew with the next', async (transport) => {
    const { person, listener, seqs, write } = await scene([transport]);
    const ended: string[] = [];
    const resyncs: number[] = [];
    listener.on('signed_out', ({ reason }) => ended.push(reason));
    listener.live.on('resync', ({ after }) => resyncs.push(after));
    await listener.live.connect();
    await write(1);
    await until(() => expect(seqs).toEqual([1]));
    await logout({ client: person.client, body: { all: true } });
    await until(() => expect(ended).toEqual(['session_ended']));
    await until(() => expect(listener.live.state).toMatchObject({ state: 'waiting', reason: 'signed_out' }));
    await listener.signIn({ username: person.username, password: PASSWORD });
    await listener.live.connect();
    expect(resyncs).toEqual([1]);
  });
});
