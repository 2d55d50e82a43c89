import { Injectable } from '@nestjs/common';
import type { Connection } from './connection.js';

/** Since when a reader has not read what he was sent, and the last number of his stream then. */
export interface Stall {
  since: number;
  seq: number;
}

/** Every connection that is open on this server. */
@Injectable()
export class OpenConnections {
  /** Pipes for which items wait until the reader has read others. */
  readonly stalled = new Map<Connection, Stall>();
  private readonly byPerson = new Map<string, Set<Connection>>();

  add(connection: Connection): void {
    const open = this.byPerson.get(connection.userId) ?? new Set();
    this.byPerson.set(connection.userId, open.add(connection));
  }

  stall(connection: Connection, lastSeq: number): void {
    if (!connection.closed && !this.stalled.has(connection))
      this.stalled.set(connection, { since: Date.now(), seq: lastSeq });
  }

  remove(connection: Connection): void {
    this.stalled.delete(connection);
    const open = this.byPerson.get(connection.userId);
    open?.delete(connection);
    if (open?.size === 0) this.byPerson.delete(connection.userId);
  }

  has(userId: string): boolean {
    return this.byPerson.has(userId);
  }

  /** A copy: ending a connection removes it. */
  of(userId: string): Connection[] {
    return [...(this.byPerson.get(userId) ?? [])];
  }

  people(): string[] {
    return [...this.byPerson.keys()];
  }

  all(): Connection[] {
    return [...this.byPerson.values()].flatMap((connections) => [...connections]);
  }
}
