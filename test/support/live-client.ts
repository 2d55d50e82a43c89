import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { frameContract } from './frame-contract.js';
import type { Item } from './live-socket.js';

export const LIVE_KINDS = ['socket_io', 'web_socket', 'sse'] as const;
export type LiveKind = (typeof LIVE_KINDS)[number];

export interface HeardFrame {
  name: string;
  data: Record<string, unknown>;
}

/**
 * A real client of one live pipe that keeps everything it hears, in order. Every frame is held against the AsyncAPI
 * document; one that it doesn't promise fails the next look at what was heard.
 */
export class LiveClient {
  readonly frames: HeardFrame[] = [];
  /** The items, letter for letter as they came. */
  readonly texts: string[] = [];
  /** How it ended: a close code, a disconnect reason, or `end`; null while it is open. */
  closed: string | null = null;
  /** Number up to which it was served. */
  cursor: number | null = null;
  private readonly broken: string[] = [];

  constructor(
    readonly kind: LiveKind,
    /** Goes at once, without a word. */
    readonly cut: () => void,
    /** Sends a client's frame; what it was answered, where there is an answer. */
    readonly say: (name: string, message: Record<string, unknown>) => Promise<Record<string, unknown>>,
  ) {}

  get names(): string[] {
    this.requireKept();
    return this.frames.map(({ name }) => name);
  }

  get items(): Item[] {
    this.requireKept();
    return this.texts.map((text) => JSON.parse(text) as Item);
  }

  get seqs(): number[] {
    return this.items.map(({ seq }) => seq);
  }

  /** Holds a message against the document. */
  hold(...[channel, name, payload, part]: Parameters<typeof frameContract.breach>): void {
    const broken = frameContract.breach(channel, name, payload, part);
    if (broken) this.broken.push(broken);
  }

  hear(name: string, data: Record<string, unknown>, text?: string): void {
    this.frames.push({ name, data });
    if (name === 'change') this.texts.push(text!);
    if (name === 'change' || name === 'withheld') this.cursor = data['seq'] as number;
    if (name === 'resync') this.cursor = data['after'] as number;
  }

  async hears(name: string): Promise<Record<string, unknown>> {
    await this.until(() => this.names.includes(name) || (this.closed !== null && name === 'close'), name);
    return this.frames.find((frame) => frame.name === name)?.data ?? {};
  }

  async hearsItems(count: number): Promise<Item[]> {
    await this.until(() => this.texts.length >= count, `${count} items`);
    return this.items;
  }

  async ends(): Promise<string> {
    await this.until(() => this.closed !== null, 'the end');
    return this.closed!;
  }

  private requireKept(): void {
    if (this.broken.length > 0) throw new Error(`Not as in the AsyncAPI document:\n${this.broken.join('\n')}`);
  }

  private async until(condition: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + 15_000;
    while (!condition()) {
      this.requireKept();
      if (Date.now() > deadline) {
        const last = JSON.stringify(this.frames.slice(-5));
        throw new Error(`${this.kind} waited in vain for ${what}; ${this.texts.length} items, last heard ${last}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

interface LiveOptions {
  after?: string | number | null | undefined;
  /** Doesn't wait for `ready`. */
  hasty?: boolean;
  headers?: Record<string, string>;
}

/** Connects with a token; waits for `ready`. */
export async function openLive(
  kind: LiveKind,
  url: string,
  token: string,
  options: LiveOptions = {},
): Promise<LiveClient> {
  const client = { socket_io: openSocketIo, web_socket: openWebSocket, sse: openSse }[kind](url, token, options);
  if (!options.hasty) await client.hears('ready');
  return client;
}

function openSocketIo(url: string, token: string, { after, headers }: LiveOptions): LiveClient {
  const socket = io(url, {
    auth: { token, ...(after === undefined || after === null ? {} : { after }) },
    reconnection: false,
    transports: ['websocket'],
    forceNew: true,
    extraHeaders: headers ?? {},
  });
  const client = new LiveClient(
    'socket_io',
    () => void socket.io.engine.close(),
    async (name, message) => {
      const answer = (await socket.timeout(5_000).emitWithAck(name, message)) as Record<string, unknown>;
      client.hold('socketIo', `${name}Acknowledged`, answer);
      return answer;
    },
  );
  // Below the parser, where the letters are; what comes out of it comes a moment later.
  socket.io.engine.on('packet', ({ data }: { data?: string }) => {
    const [, name, text] = /^2\["(\w+)",(.*)\]$/s.exec(data ?? '') ?? [];
    if (!name) return;
    const frame = JSON.parse(text!) as Record<string, unknown>;
    client.hold('socketIo', name, frame);
    client.hear(name, frame, text);
  });
  socket.on('disconnect', (reason) => (client.closed = reason));
  // One that was never connected is not disconnected.
  socket.io.engine.on('close', (reason: string) => queueMicrotask(() => (client.closed ??= reason)));
  socket.on('connect_error', (error) => {
    client.hear('connect_error', (error as { data?: Record<string, unknown> }).data ?? { message: error.message });
    client.closed = 'connect_error';
  });
  return client;
}

/** A plain WebSocket, whichever way it signs in. */
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
  socket.on('open', () => client.hear('open', { protocol: socket.protocol }));
  socket.on('message', (bytes) => {
    const text = (bytes as Buffer).toString('utf8');
    const frame = JSON.parse(text) as { type: string } & Record<string, unknown>;
    client.hold('webSocket', frameContract.messageOf(frame), frame);
    const { type, ...data } = frame;
    if ('event_id' in data) client.hear('change', data, text);
    else if (type === 'acknowledged') waiting.shift()?.(data);
    else client.hear(type, data);
  });
  socket.on('close', (code) => {
    client.closed = String(code);
    for (const answer of waiting) answer({ closed: client.closed });
  });
  socket.on('error', (error) => client.hear('error', { message: error.message }));
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
    () => Promise.reject(new Error('Nothing can be said over server-sent events')),
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
    client.hear('connect_error', (await response.json()) as Record<string, unknown>);
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
    client.hold('serverSentEvents', message, text === undefined ? undefined : data);
    client.hold('serverSentEvents', message, JSON.parse(JSON.stringify({ event, id })), 'headers');
  }
  const comment = /^: (\w+)(?: (.*))?$/m.exec(block);
  if (event) client.hear(event, data, text);
  else if (comment) client.hear(comment[1]!, comment[2] ? (JSON.parse(comment[2]) as never) : { seq: Number(id) });
  if (id !== undefined) client.cursor = Number(id);
}
