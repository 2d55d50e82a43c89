import { Agent, type IncomingMessage, request } from 'node:http';
import type { Item } from './live-socket.js';

/**
 * Reads Server-Sent Events as the `EventSource` of a browser does (WHATWG HTML §9.2): when a response ends, it asks again
 * after the last `retry` with the last `id` as `Last-Event-ID`, over the same TCP connection if that is still open.
 */
export class EventReader {
  /** The dispatched events, in order. */
  readonly events: Item[] = [];
  responses = 0;
  /** The local port of each response. */
  readonly ports: (number | undefined)[] = [];
  retry: number | undefined;
  /** Milliseconds to wait in addition to `retry`. */
  delay = 0;
  private lastId = '';
  private stopped = false;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {
    this.ask();
  }

  get seqs(): number[] {
    return this.events.map(({ seq }) => seq);
  }

  stop(): void {
    this.stopped = true;
    this.agent.destroy();
  }

  private ask(): void {
    if (this.stopped) return;
    const headers = { authorization: `Bearer ${this.token}`, ...(this.lastId && { 'last-event-id': this.lastId }) };
    const again = (): void => void setTimeout(() => this.ask(), (this.retry ?? 1_000) + this.delay);
    request(this.url, { agent: this.agent, headers }, (response) => {
      this.responses += 1;
      this.ports.push(response.socket.localPort);
      this.read(response).then(again, again);
    })
      .on('error', again)
      .end();
  }

  private async read(response: IncomingMessage): Promise<void> {
    let rest = '';
    for await (const chunk of response.setEncoding('utf8')) {
      const blocks = (rest + (chunk as string)).split('\n\n');
      rest = blocks.pop()!;
      for (const block of blocks) this.dispatch(block);
    }
  }

  private dispatch(block: string): void {
    let data: string | undefined;
    for (const line of block.split('\n')) {
      const [, field, value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? [];
      if (field === 'id') this.lastId = value;
      if (field === 'retry') this.retry = Number(value);
      if (field === 'data') data = value;
    }
    if (data !== undefined) this.events.push(JSON.parse(data) as Item);
  }
}
