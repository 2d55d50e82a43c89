import { Parser } from '@asyncapi/parser';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AsyncApiDocument } from '../../src/live/asyncapi-document.js';
import { END_REASON_NAMES, END_REASONS } from '../../src/live/end-reasons.js';
import { CLIENT_FRAMES, SERVER_FRAMES } from '../../src/live/live-frames.js';
import { atOrigin, EXAMPLE_HOST } from '../../src/platform/openapi/at-origin.js';
import { FrameContract } from '../support/frame-contract.js';
import { startApp, type TestApp } from '../support/test-app.js';

const SERVER_NAMES = Object.keys(SERVER_FRAMES);
const CLIENT_NAMES = Object.keys(CLIENT_FRAMES);
const ACKNOWLEDGEMENTS = CLIENT_NAMES.map((name) => `${name}Acknowledged`);
const CHANNELS = ['socketIo', 'webSocket', 'serverSentEvents'] as const;

describe('the AsyncAPI document', () => {
  let app: TestApp;
  let document: AsyncApiDocument;
  let contract: FrameContract;
  beforeAll(async () => {
    app = await startApp();
    const response = await fetch(`${app.url}/asyncapi.json`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    document = (await response.json()) as AsyncApiDocument;
    contract = new FrameContract(document);
  });
  afterAll(() => app.close());

  const messages = (channel: (typeof CHANNELS)[number]) => Object.entries(document.channels[channel].messages);

  it('is valid AsyncAPI 3.0', async () => {
    const { diagnostics } = await new Parser().parse(JSON.stringify(document));
    expect(diagnostics.map(({ code, message }) => ({ code, message }))).toEqual([
      { code: 'asyncapi-latest-version', message: expect.stringContaining('3.1.0') as string },
    ]);
    expect(document.asyncapi).toBe('3.0.0');
  });

  it('equals the committed document (`npm run openapi` updates it), with the address at which it is served', async () => {
    const { host } = new URL(app.url);
    const committed = readFileSync('sdk/asyncapi.json', 'utf8');
    expect(document).toEqual(JSON.parse(atOrigin(committed, EXAMPLE_HOST, { protocol: 'http', host })));
    expect(Object.values(document.servers).map(({ variables }) => variables!.host!.default)).toEqual([
      host,
      host,
      host,
    ]);
    const elsewhere = app.url.replace('127.0.0.1', 'localhost');
    const text = await (await fetch(`${elsewhere}/asyncapi.json`)).text();
    expect([text.includes(`io('${elsewhere}'`), text.includes('127.0.0.1')]).toEqual([true, false]);
  });

  it('contains every frame that the code sends and receives, and no other', () => {
    const sockets = [...SERVER_NAMES, ...CLIENT_NAMES, ...ACKNOWLEDGEMENTS].sort();
    expect(Object.keys(document.channels.socketIo.messages).sort()).toEqual(sockets);
    expect(Object.keys(document.channels.webSocket.messages).sort()).toEqual(sockets);
    expect(Object.keys(document.channels.serverSentEvents.messages).sort()).toEqual([
      'change',
      'position',
      'resync',
      'session_ended',
    ]);
  });

  it('states the direction of every frame, and its response', () => {
    const operations = Object.values(document.operations) as {
      action: string;
      messages: { $ref: string }[];
      reply?: { messages: { $ref: string }[] };
    }[];
    const names = (found: { messages: { $ref: string }[] }[]): string[] =>
      found.flatMap((entry) => entry.messages.map(({ $ref }) => $ref.replace('#/channels/', ''))).sort();
    const over = (channel: string, those: string[]): string[] => those.map((name) => `${channel}/messages/${name}`);
    expect(names(operations.filter(({ action }) => action === 'send'))).toEqual(
      [
        ...over('socketIo', SERVER_NAMES),
        ...over('webSocket', SERVER_NAMES),
        ...over('serverSentEvents', ['change', 'position', 'resync', 'session_ended']),
      ].sort(),
    );
    const received = operations.filter(({ action }) => action === 'receive');
    expect(received.map((operation) => [names([operation]), names([operation.reply!])])).toEqual(
      ['socketIo', 'webSocket'].flatMap((channel) =>
        CLIENT_NAMES.map((name) => [over(channel, [name]), over(channel, [`${name}Acknowledged`])]),
      ),
    );
  });

  it('describes every frame with a valid example', () => {
    for (const channel of CHANNELS) {
      for (const [name, { examples, summary, title }] of messages(channel)) {
        expect([title, summary].every(Boolean)).toBe(true);
        expect(examples.length).toBeGreaterThan(0);
        for (const { headers, payload } of examples) {
          expect(contract.findViolation(channel, name, payload)).toBeNull();
          expect(contract.findViolation(channel, name, headers, 'headers')).toBeNull();
        }
      }
    }
  });

  it('identifies a text of the plain WebSocket by its type', () => {
    for (const [name, { examples }] of messages('webSocket')) {
      for (const { payload } of examples) expect(contract.nameOf(payload as object)).toBe(name);
    }
  });

  it('requires all documented members of a frame and allows no others', () => {
    for (const channel of CHANNELS) {
      for (const [name, { examples, payload: schema }] of messages(channel)) {
        const payload = examples[0]!.payload as Record<string, unknown> | undefined;
        if (!schema || !payload) continue;
        expect(contract.findViolation(channel, name, { ...payload, secret: 1 })).toContain('additional properties');
        const [first] = Object.keys(payload);
        expect(contract.findViolation(channel, name, { ...payload, [first!]: undefined })).not.toBeNull();
        expect(contract.findViolation(channel, name, undefined)).not.toBeNull();
      }
      expect(contract.findViolation(channel, 'constructor', {})).toContain('no such message');
    }
    expect(contract.findViolation('serverSentEvents', 'position', { seq: 1 })).toContain('not documented');
  });

  it('lists all end reasons and no others', () => {
    for (const reason of END_REASON_NAMES)
      expect(contract.findViolation('socketIo', 'session_ended', { reason })).toBeNull();
    expect(contract.findViolation('socketIo', 'session_ended', { reason: 'boredom' })).not.toBeNull();
  });

  it('documents every end reason and its code, resuming, signing in and the limits', () => {
    const { description } = document.info as { description: string };
    for (const reason of END_REASON_NAMES) {
      expect(description).toContain(`| \`${reason}\` | ${END_REASONS[reason].code} | ${END_REASONS[reason].help} |`);
    }
    for (const topic of [
      ...SERVER_NAMES,
      ...CLIENT_NAMES,
      'after',
      'Last-Event-ID',
      'access_token',
      'access_revoked',
    ]) {
      expect(description).toContain(`\`${topic}\``);
    }
    for (const limit of [
      '| 10 |',
      '| 10 seconds |',
      '| 100 per minute |',
      '| 64 KiB |',
      '| 1,000 items |',
      '| 30 seconds |',
    ]) {
      expect(description).toContain(limit);
    }
  });

  it('leads to its channels: address, server and how to sign in', () => {
    const { channels, components, servers } = document;
    expect(CHANNELS.map((channel) => channels[channel].address)).toEqual([
      '/socket.io/',
      '/ws/notifications',
      '/api/changes/stream',
    ]);
    for (const channel of CHANNELS) {
      const { security } = servers[channel] as { security: { $ref: string }[] };
      const schemes = security.map(({ $ref }) => $ref.replace('#/components/securitySchemes/', ''));
      expect(schemes.length).toBeGreaterThan(0);
      for (const scheme of schemes) expect(components.securitySchemes).toHaveProperty(scheme);
    }
  });
});
