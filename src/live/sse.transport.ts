import type { ServerResponse } from 'node:http';
import { dropConnection } from './drop-connection.js';
import type { EndReason, FrameName, ServerFrames } from './live-frames.js';
import type { LiveMetrics } from './live-metrics.js';
import type { Transport } from './connection.js';

/**
 * Server-Sent Events (WHATWG HTML §9.2). `id:` is the number up to which the reader was served; a block of nothing else
 * makes no event, but is what the browser sends as `Last-Event-ID` when it comes back.
 */
export class SseTransport implements Transport {
  readonly kind = 'sse';

  constructor(
    private readonly response: ServerResponse,
    private readonly metrics: LiveMetrics,
    /** Where the reader begins, when he asked for a number. */
    private readonly after?: number,
  ) {}

  send<Name extends FrameName>(name: Name, frame: ServerFrames[Name]): void {
    this.metrics.frameSent(this.kind, name);
    this.response.write(this.block(name, frame));
  }

  unsent(): number {
    return this.response.writableLength;
  }

  close(reason: EndReason, abruptly: boolean): void {
    if (abruptly) return dropConnection(this.response.socket);
    this.send('session_ended', { reason });
    this.response.end();
  }

  private block(name: FrameName, frame: ServerFrames[FrameName]): string {
    const data = JSON.stringify(frame);
    switch (name) {
      case 'ready':
        return `: ready ${data}\nid: ${this.after ?? (frame as ServerFrames['ready']).seq}\n\n`;
      case 'pulse':
      case 'withheld':
        return `: ${name}\nid: ${(frame as ServerFrames['pulse']).seq}\n\n`;
      case 'resync':
        return `id: ${(frame as ServerFrames['resync']).after}\nevent: resync\ndata: ${data}\n\n`;
      case 'change':
        return `id: ${(frame as ServerFrames['change']).seq}\nevent: change\ndata: ${data}\n\n`;
      case 'session_ended':
        return `event: session_ended\ndata: ${data}\n\n`;
    }
  }
}
