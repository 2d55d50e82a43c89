import { Injectable } from '@nestjs/common';
import type { Connection } from './connection.js';

/** A connection that does not accept the items that wait for it. */
export interface Stall {
  /** When it was first found, in milliseconds since 1970. */
  since: number;
  /** Number of the last item of the stream at that time. */
  seq: number;
}

/** All connections that are open on this server. */
@Injectable()
export class OpenConnections {
  /** The connections for which items wait until the client reads. */
  readonly stalled = new Map<Connection, Stall>();
  private readonly byUser = new Map<string, Set<Connection>>();

  add(connection: Connection): void {
    const open = this.byUser.get(connection.userId) ?? new Set();
    this.byUser.set(connection.userId, open.add(connection));
  }

  /** Records that the connection does not accept items. A second call keeps the first record. */
  stall(connection: Connection, lastSeq: number): void {
    if (connection.closed || this.stalled.has(connection)) return;
    this.stalled.set(connection, { since: performance.now(), seq: lastSeq });
  }

  remove(connection: Connection): void {
    this.stalled.delete(connection);
    const open = this.byUser.get(connection.userId);
    open?.delete(connection);
    if (open?.size === 0) this.byUser.delete(connection.userId);
  }

  has(userId: string): boolean {
    return this.byUser.has(userId);
  }

  /** Returns a copy, since ending a connection removes it. */
  of(userId: string): Connection[] {
    return [...(this.byUser.get(userId) ?? [])];
  }

  userIds(): string[] {
    return [...this.byUser.keys()];
  }

  /** Returns a copy, since ending a connection removes it. */
  all(): Connection[] {
    return [...this.byUser.values()].flatMap((connections) => [...connections]);
  }
}
