import type { ServerResponse } from 'node:http';
import type { EndReason } from './end-reasons.js';
import { ItemFrame } from './item-frame.js';
import { LIVE_LIMITS } from './live-limits.js';
import type { FrameName, SentFrames, ServerFrames } from './live-frames.js';
import type { LiveMetrics } from './live-metrics.js';
import { resetSocket } from './reset-socket.js';
import type { Transport } from './transport.js';

/**
 * Server-Sent Events (WHATWG HTML §9.2). `id:` is the number of the last item that the connection covered. A block with
 * only an id dispatches no event, but the browser sends that id as `Last-Event-ID` when it reconnects.
 */
export class SseTransport implements Transport {
  readonly kind = 'sse';
  private written = 0;
  private taken = 0;
  private before = { written: 0, taken: 0 };

  constructor(
    private readonly response: ServerResponse,
    private readonly metrics: LiveMetrics,
    /** The number after which the client asked to start. */
    private readonly after?: number,
  ) {}

  send<Name extends FrameName>(name: Name, frame: SentFrames[Name]): void {
    this.metrics.countFrame(this.kind, name);
    this.written += 1;
    this.response.write(this.toBlock(name, frame), () => (this.taken += 1));
  }

  /**
   * There is no message with which a reader could answer, so what it takes from the socket has to do. What the operating
   * system takes for a reader that is frozen, megabytes, is not noticed here: see `renew`.
   */
  isFrozen(): boolean {
    const { written, taken } = this;
    const frozen = this.before.taken < this.before.written && this.before.taken === taken;
    this.before = { written, taken };
    return frozen;
  }

  unsentBytes(): number {
    return this.response.writableLength;
  }

  renew(seq: number): void {
    const { socket } = this.response;
    const limit = LIVE_LIMITS.maxRenewSeconds * 1_000;
    // Until the end is sent, and then, in place of the usual time, until the next request of the client.
    socket?.setTimeout(limit);
    this.response.once('finish', () => socket?.setTimeout(limit));
    this.response.end(`: renew\nid: ${seq}\nretry: ${LIVE_LIMITS.renewRetryMs}\n\n`);
  }

  close(reason: EndReason, abruptly: boolean): void {
    if (abruptly) return resetSocket(this.response.socket);
    this.send('session_ended', { reason });
    this.response.end();
  }

  private toBlock(name: FrameName, frame: SentFrames[FrameName]): string {
    const data = frame instanceof ItemFrame ? frame.json : JSON.stringify(frame);
    switch (name) {
      case 'ready':
        return `: ready ${data}\nid: ${this.after ?? (frame as ServerFrames['ready']).seq}\nretry: ${LIVE_LIMITS.retryMs}\n\n`;
      case 'pulse':
      case 'withheld':
        return `: ${name}\nid: ${(frame as ServerFrames['pulse']).seq}\n\n`;
      case 'resync':
        return `id: ${(frame as ServerFrames['resync']).after}\nevent: resync\ndata: ${data}\n\n`;
      case 'change':
        return `id: ${(frame as ItemFrame).seq}\nevent: change\ndata: ${data}\n\n`;
      case 'session_ended':
        return `event: session_ended\ndata: ${data}\n\n`;
    }
  }
}
