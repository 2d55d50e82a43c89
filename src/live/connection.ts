import { notificationView } from '../notifications/notifications.dto.js';
import type { StreamItem } from '../notifications/notifications.repository.js';
import type { EndReason, FrameName, ServerFrames } from './live-frames.js';
import { LIVE_LIMITS } from './live-limits.js';

export const PIPE_KINDS = ['socket_io', 'web_socket', 'sse'] as const;
export type TransportKind = (typeof PIPE_KINDS)[number];

/** How one protocol carries frames. Whatever it cannot send it drops: the table keeps it. */
export interface Transport {
  readonly kind: TransportKind;
  send<Name extends FrameName>(name: Name, frame: ServerFrames[Name]): void;
  /** Bytes that were sent and have not left this process. */
  unsent(): number;
  /** Says why, then closes. Abruptly: at once, and what has not left is dropped. */
  close(reason: EndReason, abruptly: boolean): void;
}

/** Bytes that may wait in this process for one reader. More waits in the table, where it costs nothing. */
const MAX_UNSENT = 65_536;
const MINUTE_MS = 60_000;

/**
 * One open connection to one person, of whatever kind. It keeps a number, not a queue: a reader who is slow is simply behind,
 * and what he may no longer see when he catches up is not sent.
 */
export class Connection {
  /** Number of the last item that was handed over; null until the connection is ready for items. */
  cursor: number | null = null;
  /** Milliseconds since 1970: what is older is caught up on, what is younger is news. */
  liveSince = Infinity;
  closed = false;
  private readonly timers: NodeJS.Timeout[] = [];
  private expiry?: NodeJS.Timeout;
  private messages = { count: 0, since: 0 };

  constructor(
    readonly userId: string,
    public sessionId: string,
    readonly transport: Transport,
    private readonly onEnd: (connection: Connection, reason: EndReason | 'left') => void,
  ) {}

  /** From now on the connection takes items after that number. */
  start(after: number): void {
    this.cursor = after;
    this.liveSince = Date.now();
  }

  get takesItems(): boolean {
    return !this.closed && this.cursor !== null && this.transport.unsent() < MAX_UNSENT;
  }

  /** Ends when the token does. `expiresAt` in milliseconds since 1970. */
  expireAt(expiresAt: number): void {
    clearTimeout(this.expiry);
    if (this.closed) return;
    // setTimeout's longest delay is 24 days.
    this.expiry = setTimeout(() => this.end('token_expired'), Math.min(expiresAt - Date.now(), 2 ** 31 - 1));
    this.expiry.unref();
  }

  /** Tells at intervals how far it was served, if the reader keeps up. */
  pulseEvery(seconds: number): void {
    const pulse = (): void => {
      if (this.takesItems) this.transport.send('pulse', { seq: this.cursor! });
    };
    this.timers.push(setInterval(pulse, seconds * 1_000).unref());
  }

  /**
   * Hands over what follows the cursor and may be seen; `items` are in order and without gaps. Stops when the reader
   * doesn't keep up. False: items between the cursor and these are missing.
   */
  hand(items: StreamItem[]): boolean {
    let withheld = false;
    for (const item of items) {
      if (item.seq <= this.cursor!) continue;
      if (item.seq > this.cursor! + 1) return false;
      if (!this.takesItems) break;
      if (item.visible) {
        if (withheld) this.transport.send('withheld', { seq: this.cursor! });
        this.transport.send('change', notificationView(item));
      }
      withheld = !item.visible;
      this.cursor = item.seq;
    }
    if (withheld && !this.closed) this.transport.send('withheld', { seq: this.cursor! });
    return true;
  }

  /** The stream no longer reaches back to the cursor: says so and goes on at its end. */
  resync(lastSeq: number): void {
    if (this.closed) return;
    this.transport.send('resync', { after: lastSeq });
    this.start(lastSeq);
  }

  /** Counts a message of the client; ends the connection when there are too many. False then. */
  takeMessage(now = Date.now()): boolean {
    if (now - this.messages.since > MINUTE_MS) this.messages = { count: 0, since: now };
    this.messages.count += 1;
    if (this.messages.count <= LIVE_LIMITS.messagesAMinute) return true;
    this.end('too_many_messages');
    return false;
  }

  /** Nothing is sent after this but the reason. What waits for a slow reader is dropped: it may be what he lost. */
  end(reason: EndReason): void {
    this.finish(reason, () => this.transport.close(reason, this.transport.unsent() > 0));
  }

  /** The reader closed it. */
  left(): void {
    this.finish('left', () => undefined);
  }

  private finish(reason: EndReason | 'left', close: () => void): void {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.expiry);
    for (const timer of this.timers) clearInterval(timer);
    this.onEnd(this, reason);
    close();
  }
}
