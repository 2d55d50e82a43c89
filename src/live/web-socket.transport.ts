import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { ENDINGS } from './live-endings.js';
import { dropConnection } from './drop-connection.js';
import type { Acknowledgement, ClientFrameName, EndReason, FrameName, ServerFrames } from './live-frames.js';
import type { LiveMetrics } from './live-metrics.js';
import type { Transport } from './connection.js';

/** A change is the bare item; every other frame carries its name as `type`. No item has such a type. */
export class WebSocketTransport implements Transport {
  readonly kind = 'web_socket';

  constructor(
    private readonly client: WebSocket,
    private readonly connection: Duplex,
    private readonly metrics: LiveMetrics,
  ) {}

  send<Name extends FrameName>(name: Name, frame: ServerFrames[Name]): void {
    this.metrics.frameSent(this.kind, name);
    this.write(name === 'change' ? frame : { type: name, ...frame });
  }

  acknowledge(of: ClientFrameName, answer: Acknowledgement): void {
    this.write({ type: 'acknowledged', of, ...answer });
  }

  unsent(): number {
    return this.client.bufferedAmount;
  }

  close(reason: EndReason, abruptly: boolean): void {
    if (abruptly) return dropConnection(this.connection);
    this.send('session_ended', { reason });
    this.client.close(ENDINGS[reason].code, reason);
  }

  private write(frame: object): void {
    if (this.client.readyState === this.client.OPEN) this.client.send(JSON.stringify(frame));
  }
}
