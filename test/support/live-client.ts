import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { frameContract } from './frame-contract.js';
import type { Item } from './live-socket.js';
import { PATIENCE_MS } from './patient.js';

export const LIVE_KINDS = ['socket_io', 'web_socket', 'sse'] as const;
export type LiveKind = (typeof LIVE_KINDS)[number];

export interface ReceivedFrame {
  name: string;
  data: Record<string, unknown>;
}

/**
 * A client of one transport that records every frame in order. Each frame is validated against the AsyncAPI document; a
 * violation makes the next access to the recorded frames throw.
 */
export class LiveClient {
  readonly frames: ReceivedFrame[] = [];
  /** The items as texts, exactly as received. */
  readonly texts: string[] = [];
  /** How the connection closed: a close code, a disconnect reason, or `end`; null while it is open. */
  closed: string | null = null;
  /** Number of the last item that the connection covered. */
  cursor: number | null = null;
  private readonly violations: string[] = [];

  constructor(
    readonly kind: LiveKind,
    /** Closes the connection abruptly. */
    readonly cut: () => void,
    /** Sends a frame and resolves to its acknowledgement. */
    readonly send: (name: string, message: Record<string, unknown>) => Promise<Record<string, unknown>>,
  ) {}

  get names(): string[] {
    this.throwViolations();
    return this.frames.map(({ name }) => name);
  }

  get items(): Item[] {
    this.throwViolations();
    return this.texts.map((text) => JSON.parse(text) as Item);
  }

  get seqs(): number[] {
    return this.items.map(({ seq }) => seq);
  }

  /** Validates a message against the document. */
  validate(...[channel, name, payload, part]: Parameters<typeof frameContract.findViolation>): void {
    const violation = frameContract.findViolation(channel, name, payload, part);
    if (violation) this.violations.push(violation);
  }

  record(name: string, data: Record<string, unknown>, text?: string): void {
    this.frames.push({ name, data });
    if (name === 'change') this.texts.push(text!);
    if (name === 'change' || name === 'withheld') this.cursor = data['seq'] as number;
    if (name === 'resync') this.cursor = data['after'] as number;
  }

  /** Resolves to the first frame of that name. */
  async waitFor(name: string): Promise<Record<string, unknown>> {
    await this.until(() => this.names.includes(name) || (this.closed !== null && name === 'close'), name);
    return this.frames.find((frame) => frame.name === name)?.data ?? {};
  }

  /** Resolves to the items once there are that many. */
  async waitForItems(count: number): Promise<Item[]> {
    await this.until(() => this.texts.length >= count, `${count} items`);
    return this.items;
  }

  /** Resolves to how the connection closed. */
  async waitForEnd(): Promise<string> {
    await this.until(() => this.closed !== null, 'the connection to close');
    return this.closed!;
  }

  private throwViolations(): void {
    if (this.violations.length > 0)
      throw new Error(`Frames that violate the AsyncAPI document:\n${this.violations.join('\n')}`);
  }

  private async until(condition: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!condition()) {
      this.throwViolations();
      if (Date.now() > deadline) {
        const last = JSON.stringify(this.frames.slice(-5));
        throw new Error(`${this.kind} timed out waiting for ${what}; ${this.texts.length} items, last frames ${last}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

interface LiveOptions {
  after?: string | number | null | undefined;
  /** Returns at once instead of waiting for `ready`. */
  skipReady?: boolean;
  headers?: Record<string, string>;
}

/** Connects with a token and waits for `ready`. */
export async function openLive(
  kind: LiveKind,
  url: string,
  token: string,
  options: LiveOptions = {},
): Promise<LiveClient> {
  const client = { socket_io: openSocketIo, web_socket: openWebSocket, sse: openSse }[kind](url, token, options);
  if (!options.skipReady) await client.waitFor('ready');
  return client;
}

function openSocketIo(url: string, token: string, { after, headers }: LiveOptions): LiveClient {
  const socket = io(url, {
    auth: { token, ...(after === undefined || after === null ? {} : { after }) },
    reconnection: false,
    transports: ['websocket'],
    forceNew: true,
    timeout: PATIENCE_MS,
    extraHeaders: headers ?? {},
  });
  const client = new LiveClient(
    'socket_io',
    () => void socket.io.engine.close(),
    async (name, message) => {
      const answer = (await socket.timeout(PATIENCE_MS).emitWithAck(name, message)) as Record<string, unknown>;
      client.validate('socketIo', `${name}Acknowledged`, answer);
      return answer;
    },
  );
  // Before the parser, to get the exact texts; parsed events come a moment later.
  socket.io.engine.on('packet', ({ data }: { data?: string }) => {
    const [, name, text] = /^2\["(\w+)",(.*)\]$/s.exec(data ?? '') ?? [];
    if (!name) return;
    const frame = JSON.parse(text!) as Record<string, unknown>;
    client.validate('socketIo', name, frame);
    client.record(name, frame, text);
  });
  socket.on('disconnect', (reason) => (client.closed = reason));
  // A socket that never connected emits no `disconnect`.
  socket.io.engine.on('close', (reason: string) => queueMicrotask(() => (client.closed ??= reason)));
  socket.on('connect_error', (error) => {
    client.record('connect_error', (error as { data?: Record<string, unknown> }).data ?? { message: error.message });
    client.closed = 'connect_error';
  });
  return client;
}

/** Opens a plain WebSocket, with or without a token. */
export function plainWebSocket(url: string, path: string, protocols: string[] = [], headers = {}): LiveClient {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${path}`, protocols, { headers });
  const waiting: ((answer: Record<string, unknown>) => void)[] = [];
  const client = new LiveClient(
    'web_socket',
    () => socket.terminate(),
    (name, message) => {
      socket.send(JSON.stringify({ type: name, ...message }));
      return new Promise((resolve) => waiting.push(resolve));
    },
  );
  socket.on('open', () => client.record('open', { protocol: socket.protocol }));
  socket.on('message', (bytes) => {
    const text = (bytes as Buffer).toString('utf8');
    const frame = JSON.parse(text) as { type: string } & Record<string, unknown>;
    client.validate('webSocket', frameContract.nameOf(frame), frame);
    const { type, ...data } = frame;
    if ('event_id' in data) client.record('change', data, text);
    else if (type === 'acknowledged') waiting.shift()?.(data);
    else client.record(type, data);
  });
  socket.on('close', (code) => {
    client.closed = String(code);
    for (const answer of waiting) answer({ closed: client.closed });
  });
  socket.on('error', (error) => client.record('error', { message: error.message }));
  return client;
}

function openWebSocket(url: string, token: string, { after, headers }: LiveOptions): LiveClient {
  const query = after === undefined || after === null ? '' : `?after=${encodeURIComponent(String(after))}`;
  return plainWebSocket(url, `/ws/notifications${query}`, ['bearer', token], headers);
}

function openSse(url: string, token: string, { after, headers }: LiveOptions): LiveClient {
  const stop = new AbortController();
  const client = new LiveClient(
    'sse',
    () => stop.abort(),
    () => Promise.reject(new Error('A client cannot send over Server-Sent Events')),
  );
  void readEvents(client, `${url}/api/changes/stream`, {
    signal: stop.signal,
    headers: {
      authorization: `Bearer ${token}`,
      ...(after === undefined || after === null ? {} : { 'last-event-id': String(after) }),
      ...headers,
    },
  }).then(
    () => (client.closed ??= 'end'),
    (error: Error) => (client.closed ??= error.name),
  );
  return client;
}

async function readEvents(client: LiveClient, url: string, init: RequestInit): Promise<void> {
  const response = await fetch(url, init);
  if (!response.ok) {
    client.record('connect_error', (await response.json()) as Record<string, unknown>);
    return;
  }
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body!) {
    rest += decoder.decode(chunk, { stream: true });
    const blocks = rest.split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) readBlock(client, block);
  }
}

function readBlock(client: LiveClient, block: string): void {
  const field = (name: string): string | undefined =>
    block.split('\n').find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2); // prettier-ignore
  const [id, event, text] = [field('id'), field('event'), field('data')];
  const data = text === undefined ? {} : (JSON.parse(text) as Record<string, unknown>);
  const message = event ?? (id === undefined ? undefined : 'position');
  if (message) {
    client.validate('serverSentEvents', message, text === undefined ? undefined : data);
    client.validate('serverSentEvents', message, JSON.parse(JSON.stringify({ event, id })), 'headers');
  }
  const comment = /^: (\w+)(?: (.*))?$/m.exec(block);
  if (event) client.record(event, data, text);
  else if (comment) client.record(comment[1]!, comment[2] ? (JSON.parse(comment[2]) as never) : { seq: Number(id) });
  if (id !== undefined) client.cursor = Number(id);
}
