import { readFileSync } from 'node:fs';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createEvent, login, updateEvent } from '../../sdk/generated/sdk.gen.js';
import type { AsyncApiDocument } from '../../src/live/asyncapi-document.js';
import { OpenConnections } from '../../src/live/open-connections.js';
import { slot } from '../support/calls.js';
import { exampleOf, scriptIn } from '../support/live-examples.js';
import type { Item } from '../support/live-socket.js';
import { ok, PASSWORD, type Person, startApp, type TestApp } from '../support/test-app.js';
import { PATIENCE_MS } from '../support/patient.js';

/** So short that a connection ends several times while a test runs. */
const TOKEN_SECONDS = 8;
const ENDS = 2;

let app: TestApp;
let document: AsyncApiDocument;
beforeAll(async () => {
  app = await startApp({ accessTokenSeconds: TOKEN_SECONDS });
  document = (await (await fetch(`${app.url}/asyncapi.json`)).json()) as AsyncApiDocument;
});
afterAll(() => app.close());

const examples: [string, () => string][] = [
  ['socket.io in the README', () => scriptIn(readFileSync('README.md', 'utf8')).replace(/^import .*$/m, '')],
  ['socket.io', () => exampleOf(document, 'socketIo')],
  ['plain WebSocket', () => exampleOf(document, 'webSocket')],
];

/** Runs a script as a page would, with what it expects around it. Returns what it showed, and how to end it. */
function run(script: string, person: Person): { shown: string[]; stop: () => void } {
  const shown: string[] = [];
  const opened: { close(): unknown }[] = [];
  const opening = <T extends { close(): unknown }>(one: T): T => (opened.push(one), one);
  const stored = new Map<string, string>();
  const around = {
    signIn: () => ok(login({ client: app.client(), body: { username: person.username, password: PASSWORD } })),
    io: (...[url, options]: Parameters<typeof io>) => opening(io(url, { ...options, forceNew: true })),
    WebSocket: function (url: string) {
      return opening(new WebSocket(url));
    },
    localStorage: {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => stored.set(key, value),
    },
    process: { env: {} },
    console: { log: (message: string) => shown.push(message) },
    show: ({ message }: Item) => shown.push(message),
    loadEverything: () => shown.push('everything'),
  };
  const here = script
    .replaceAll('127.0.0.1:3000', new URL(app.url).host)
    .replace(/username: '(ana|nora)'/, `username: '${person.username}'`);
  // oxlint-disable-next-line typescript/no-implied-eval -- the examples of our own documents
  const program = new Function(...Object.keys(around), `return (async () => { ${here} })();`) as (
    ...values: unknown[]
  ) => Promise<void>;
  void program(...Object.values(around));
  const stop = (): void => {
    for (const one of opened) {
      if (one instanceof WebSocket) one.removeAllListeners('close');
      one.close();
    }
  };
  return { shown, stop };
}

/** In tests that run at the same time, `expect.poll` does not know to which it belongs. */
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: PATIENCE_MS, interval: 20 });

describe.concurrent('the example of', () => {
  it.each(examples)('%s shows every change once, beyond the end of its tokens', async (_name, script) => {
    const ana = await app.signUp('ana');
    const signedIn = async (): Promise<Person['client']> => {
      const body = { username: ana.username, password: PASSWORD };
      return app.client((await ok(login({ client: app.client(), body }))).access_token);
    };
    const { id } = await ok(createEvent({ client: await signedIn(), body: { title: 'Plan', ...slot(1) } }));
    const { shown, stop } = run(script(), ana);
    const connections = app.app.get(OpenConnections);
    const seen = new Set<unknown>();
    const expected = ['You created “Plan”'];
    let title = 'Plan';
    try {
      while (seen.size <= ENDS) {
        await until(() => expect(connections.of(ana.id).some((one) => !seen.has(one))).toBe(true));
        const [connection] = connections.of(ana.id);
        seen.add(connection);
        await until(() => expect(shown).toEqual(expected));
        // One change while it is connected, and one while it is not.
        for (const isConnected of [true, false]) {
          if (!isConnected) await until(() => expect(connection!.closed).toBe(true));
          const before = title;
          const body = { title: (title = `Plan ${expected.length}`) };
          await ok(updateEvent({ client: await signedIn(), path: { id }, body }));
          expected.push(`You renamed “${before}” to “${title}”`);
        }
      }
      await until(() => expect(shown).toEqual(expected));
    } finally {
      stop();
    }
  });
});
