import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import { Metrics } from '../platform/metrics/metrics.js';
import type { CloseReason } from './connection.js';
import { type FrameName, SERVER_FRAMES } from './live-frames.js';
import { TRANSPORT_KINDS, type TransportKind } from './transport.js';

const FRAME_NAMES = Object.keys(SERVER_FRAMES) as FrameName[];
const LAG_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Metrics of the live connections for `/metrics`. All calls are cheap and none throws. */
@Injectable()
export class LiveMetrics {
  private readonly sockets: Gauge<'transport'>;
  private readonly closed: Counter<'transport' | 'reason'>;
  /** By transport and name, so that counting a frame needs no look-up of its labels. */
  private readonly frames: Record<TransportKind, Record<FrameName, Counter.Internal>>;
  private readonly reads: Counter;
  private readonly itemsRead: Counter;
  private readonly lag: Histogram;
  private readonly slow: Counter<'transport'>;
  private countWaiting = (): number => 0;

  constructor({ registry }: Metrics) {
    const registers = [registry];
    this.sockets = new Gauge({
      name: 'convene_live_sockets',
      help: 'Open live connections.',
      labelNames: ['transport'],
      registers,
    });
    this.closed = new Counter({
      name: 'convene_live_sockets_closed_total',
      help: 'Closed live connections, by the reason that the server gave; left: the client closed the connection; renewed: SSE_SECONDS were over, and the client asks again.',
      labelNames: ['transport', 'reason'],
      registers,
    });
    const frames = new Counter({
      name: 'convene_live_frames_total',
      help: 'Frames sent over live connections.',
      labelNames: ['transport', 'frame'],
      registers,
    });
    this.frames = mapKeys(TRANSPORT_KINDS, (transport) =>
      mapKeys(FRAME_NAMES, (frame) => frames.labels(transport, frame)),
    );
    this.reads = new Counter({
      name: 'convene_live_catch_up_reads_total',
      help: 'Reads of stored items that a live connection had missed.',
      registers,
    });
    this.itemsRead = new Counter({
      name: 'convene_live_catch_up_items_total',
      help: 'Items that live connections received to catch up.',
      registers,
    });
    this.lag = new Histogram({
      name: 'convene_live_lag_seconds',
      help: 'Time from the commit of a change to the frame that carries it.',
      buckets: LAG_BUCKETS,
      registers,
    });
    this.slow = new Counter({
      name: 'convene_live_slow_disconnects_total',
      help: 'Live connections closed because the client did not read what was sent.',
      labelNames: ['transport'],
      registers,
    });
    new Gauge({
      name: 'convene_live_waiting_users',
      help: 'Connected users whose new items have not been read yet.',
      registers,
      collect: this.collectWaiting(),
    });
    for (const transport of TRANSPORT_KINDS) {
      this.sockets.set({ transport }, 0);
      this.slow.inc({ transport }, 0);
    }
  }

  countOpened(transport: TransportKind): void {
    this.sockets.inc({ transport });
  }

  countClosed(transport: TransportKind, reason: CloseReason): void {
    this.sockets.dec({ transport });
    this.closed.inc({ transport, reason });
  }

  countFrame(transport: TransportKind, name: FrameName): void {
    this.frames[transport][name].inc();
  }

  /** Counts a read that returned items from before the connection was live. */
  countCatchUp(items: number): void {
    this.reads.inc();
    this.itemsRead.inc(items);
  }

  /** Records the seconds from a commit to its frame. A negative lag, after the clock was set back, counts as 0. */
  observeLag(lagSeconds: number): void {
    this.lag.observe(Math.max(0, lagSeconds));
  }

  countSlowDisconnect(transport: TransportKind): void {
    this.slow.inc({ transport });
  }

  /** Sets the function that counts the waiting users; it is called at each scrape. */
  watchWaiting(count: () => number): void {
    this.countWaiting = count;
  }

  private collectWaiting(): (this: Gauge) => void {
    const count = (): number => this.countWaiting();
    return function () {
      this.set(count());
    };
  }
}

function mapKeys<Key extends string, Value>(keys: readonly Key[], make: (key: Key) => Value): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Record<Key, Value>;
}
