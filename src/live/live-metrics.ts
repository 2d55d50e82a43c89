import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import { Metrics } from '../platform/metrics/metrics.js';
import { PIPE_KINDS, type TransportKind } from './connection.js';
import { type EndReason, type FrameName, SERVER_FRAMES } from './live-frames.js';

/** Why a connection was closed: what it was told, or `left` when the client went by himself. */
export type CloseReason = EndReason | 'left';

const FRAME_NAMES = Object.keys(SERVER_FRAMES) as FrameName[];
const LAG_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What the live connections do, counted for `/metrics`. All calls are cheap and none throws. */
@Injectable()
export class LiveMetrics {
  private readonly sockets: Gauge<'connection'>;
  private readonly closed: Counter<'connection' | 'reason'>;
  /** By connection and name, so that a frame costs no search for its labels. */
  private readonly frames: Record<TransportKind, Record<FrameName, Counter.Internal>>;
  private readonly reads: Counter;
  private readonly itemsRead: Counter;
  private readonly lag: Histogram;
  private readonly slow: Counter<'connection'>;
  private countWaiting = (): number => 0;

  constructor({ registry }: Metrics) {
    const registers = [registry];
    this.sockets = new Gauge({
      name: 'convene_live_sockets',
      help: 'Open live connections.',
      labelNames: ['connection'],
      registers,
    });
    this.closed = new Counter({
      name: 'convene_live_sockets_closed_total',
      help: 'Live connections closed, by what they were told; left: the client went by itself.',
      labelNames: ['connection', 'reason'],
      registers,
    });
    const frames = new Counter({
      name: 'convene_live_frames_total',
      help: 'Frames handed to live connections.',
      labelNames: ['connection', 'frame'],
      registers,
    });
    this.frames = byKey(PIPE_KINDS, (connection) => byKey(FRAME_NAMES, (frame) => frames.labels(connection, frame)));
    this.reads = new Counter({
      name: 'convene_live_catch_up_reads_total',
      help: 'Reads of stored streams to bring live connections up to date.',
      registers,
    });
    this.itemsRead = new Counter({
      name: 'convene_live_catch_up_items_total',
      help: 'Items that these reads found.',
      registers,
    });
    this.lag = new Histogram({
      name: 'convene_live_lag_seconds',
      help: 'From the commit of a change to the frame that tells of it.',
      buckets: LAG_BUCKETS,
      registers,
    });
    this.slow = new Counter({
      name: 'convene_live_slow_disconnects_total',
      help: 'Live connections closed because they did not read what was sent.',
      labelNames: ['connection'],
      registers,
    });
    new Gauge({
      name: 'convene_live_waiting_people',
      help: 'Connected people whose news is being fetched.',
      registers,
      collect: this.collectWaiting(),
    });
    for (const connection of PIPE_KINDS) {
      this.sockets.set({ connection }, 0);
      this.slow.inc({ connection }, 0);
    }
  }

  socketOpened(connection: TransportKind): void {
    this.sockets.inc({ connection });
  }

  socketClosed(connection: TransportKind, reason: CloseReason): void {
    this.sockets.dec({ connection });
    this.closed.inc({ connection, reason });
  }

  frameSent(connection: TransportKind, name: FrameName): void {
    this.frames[connection][name].inc();
  }

  /** The stored stream of a person was read and held that many items. */
  catchUpRead(items: number): void {
    this.reads.inc();
    this.itemsRead.inc(items);
  }

  /** An item went out so many seconds after its commit. A clock that was set back counts as none. */
  delivered(lagSeconds: number): void {
    this.lag.observe(Math.max(0, lagSeconds));
  }

  slowDisconnect(connection: TransportKind): void {
    this.slow.inc({ connection });
  }

  /** Says how many people wait for their news; asked at each scrape. */
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

function byKey<Key extends string, Value>(keys: readonly Key[], make: (key: Key) => Value): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Record<Key, Value>;
}
