import type { StreamItem } from '../notifications/stream-item.js';
import type { EndReason } from './end-reasons.js';
import type { ItemFrames } from './item-frame.js';
import { LIVE_LIMITS } from './live-limits.js';
import type { Transport } from './transport.js';

/** Bytes that may wait in this process for one client. Everything else waits in the table, where it costs no memory. */
const MAX_UNSENT_BYTES = 65_536;
const MINUTE_MS = 60_000;

/** How long a renewal waits while frames are unsent, in milliseconds. */
const RENEW_AGAIN_MS = 1_000;
/** Connections that opened together, such as after a restart, do not all ask again at the same time. */
const SHORTEST_LIFE = 0.8;

/**
 * Why a connection closed: the reason that the server gave, `left` when the client closed it, or `renewed` when its time
 * was over and the client is to ask again.
 */
export type CloseReason = EndReason | 'left' | 'renewed';

/**
 * One open connection of one user, over any transport. It keeps the number of the last item sent instead of a queue: a
 * slow client lags behind in the table, and whatever it can no longer see when it catches up is not sent.
 */
export class Connection {
  /** Number of the last item that was sent; null until the connection accepts items. */
  cursor: number | null = null;
  /** In milliseconds since 1970. Older items are sent to catch up, newer ones are live. */
  liveSince = Infinity;
  closed = false;
  private readonly timers: NodeJS.Timeout[] = [];
  private expiry?: NodeJS.Timeout;
  private renewal?: NodeJS.Timeout;
  private messages = { count: 0, since: -Infinity };

  constructor(
    readonly userId: string,
    public sessionId: string,
    readonly transport: Transport,
    private readonly onClose: (connection: Connection, reason: CloseReason) => void,
  ) {}

  /** Makes the connection accept the items after a number. */
  start(after: number): void {
    this.cursor = after;
    this.liveSince = Date.now();
  }

  get acceptsItems(): boolean {
    return !this.closed && this.cursor !== null && this.transport.unsentBytes() < MAX_UNSENT_BYTES;
  }

  /** Ends the connection when its token expires, in so many milliseconds. */
  expireAfter(milliseconds: number): void {
    clearTimeout(this.expiry);
    if (this.closed) return;
    // The longest delay of setTimeout is 24 days.
    this.expiry = setTimeout(() => this.end('token_expired'), Math.min(milliseconds, 2 ** 31 - 1));
    this.expiry.unref();
  }

  /** Sends the cursor at intervals, unless the client is slow, and ends the connection of a client that is frozen. */
  pulseEvery(seconds: number): void {
    const pulse = (): void => {
      if (this.transport.isFrozen?.()) return this.end('too_slow');
      if (this.acceptsItems) this.transport.send('pulse', { seq: this.cursor! });
    };
    this.timers.push(setInterval(pulse, seconds * 1_000).unref());
  }

  /**
   * Ends the connection after 80 to 100 % of that time if its protocol can renew it. A client that is slow is given more
   * time, since taking what is unsent proves that it reads.
   */
  renewAfter(seconds: number): void {
    if (!this.transport.renew || this.closed) return;
    const renew = (): void => {
      if (this.cursor === null || this.transport.unsentBytes() > 0) return wait(RENEW_AGAIN_MS);
      this.finish('renewed', () => this.transport.renew!(this.cursor!));
    };
    const wait = (milliseconds: number): void => {
      this.renewal = setTimeout(renew, milliseconds).unref();
    };
    wait(seconds * 1_000 * (SHORTEST_LIFE + (1 - SHORTEST_LIFE) * Math.random()));
  }

  /**
   * Sends the items after the cursor that are visible; `items` are in order and without gaps. Stops when the client does
   * not keep up. Returns false when items between the cursor and the first of these are missing.
   */
  sendItems(items: StreamItem[], frames: ItemFrames): boolean {
    const isMany = items.length > 1;
    if (isMany) this.transport.cork?.();
    try {
      return this.sendEach(items, frames);
    } finally {
      if (isMany) this.transport.uncork?.();
    }
  }

  private sendEach(items: StreamItem[], frames: ItemFrames): boolean {
    let withheld = false;
    for (const item of items) {
      if (item.seq <= this.cursor!) continue;
      if (item.seq > this.cursor! + 1) return false;
      if (!this.acceptsItems) break;
      if (item.visible) {
        if (withheld) this.transport.send('withheld', { seq: this.cursor! });
        this.transport.send('change', frames.of(item));
      }
      withheld = !item.visible;
      this.cursor = item.seq;
    }
    if (withheld && !this.closed) this.transport.send('withheld', { seq: this.cursor! });
    return true;
  }

  /** Reports that items after the cursor have been pruned, and continues at the end of the stream. */
  resync(lastSeq: number): void {
    if (this.closed) return;
    this.transport.send('resync', { after: lastSeq });
    this.start(lastSeq);
  }

  /** Counts a message of the client. Ends the connection and returns false when there are too many. */
  countMessage(now = performance.now()): boolean {
    if (now - this.messages.since > MINUTE_MS) this.messages = { count: 0, since: now };
    this.messages.count += 1;
    if (this.messages.count <= LIVE_LIMITS.messagesPerMinute) return true;
    this.end('too_many_messages');
    return false;
  }

  /**
   * Ends the connection. Nothing but the reason is sent after this; unsent bytes are discarded, since they may be about an
   * event that the client can no longer see.
   */
  end(reason: EndReason): void {
    this.finish(reason, () => this.transport.close(reason, this.transport.unsentBytes() > 0));
  }

  /** Records that the client closed the connection. */
  markClosed(): void {
    this.finish('left', () => undefined);
  }

  private finish(reason: CloseReason, close: () => void): void {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.expiry);
    clearTimeout(this.renewal);
    for (const timer of this.timers) clearInterval(timer);
    this.onClose(this, reason);
    close();
  }
}
