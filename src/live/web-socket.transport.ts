import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { END_REASONS, type EndReason } from './end-reasons.js';
import { ItemFrame } from './item-frame.js';
import type { Acknowledgement, ClientFrameName, FrameName, SentFrames } from './live-frames.js';
import type { LiveMetrics } from './live-metrics.js';
import { resetSocket } from './reset-socket.js';
import type { Transport } from './transport.js';

/** Sends JSON texts. A change is the bare item; every other frame has its name as `type`, which no item has as its type. */
export class WebSocketTransport implements Transport {
  readonly kind = 'web_socket';

  constructor(
    private readonly client: WebSocket,
    private readonly socket: Duplex,
    private readonly metrics: LiveMetrics,
  ) {}

  send<Name extends FrameName>(name: Name, frame: SentFrames[Name]): void {
    this.metrics.countFrame(this.kind, name);
    this.write(frame instanceof ItemFrame ? frame.json : JSON.stringify({ type: name, ...frame }));
  }

  acknowledge(of: ClientFrameName, response: Acknowledgement): void {
    this.write(JSON.stringify({ type: 'acknowledged', of, ...response }));
  }

  cork(): void {
    this.socket.cork();
  }

  uncork(): void {
    this.socket.uncork();
  }

  unsentBytes(): number {
    return this.client.bufferedAmount;
  }

  close(reason: EndReason, abruptly: boolean): void {
    if (abruptly) return resetSocket(this.socket);
    this.send('session_ended', { reason });
    this.client.close(END_REASONS[reason].code, reason);
  }

  private write(text: string): void {
    if (this.client.readyState === this.client.OPEN) this.client.send(text);
  }
}
