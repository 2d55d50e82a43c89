import { Injectable } from '@nestjs/common';
import type { Pipe } from './pipe.js';

/** Since when a reader has not read what he was sent, and the last number of his stream then. */
export interface Stall {
  since: number;
  seq: number;
}

/** Every pipe that is open on this server. */
@Injectable()
export class OpenPipes {
  /** Pipes for which items wait until the reader has read others. */
  readonly stalled = new Map<Pipe, Stall>();
  private readonly byPerson = new Map<string, Set<Pipe>>();

  add(pipe: Pipe): void {
    const open = this.byPerson.get(pipe.userId) ?? new Set();
    this.byPerson.set(pipe.userId, open.add(pipe));
  }

  stall(pipe: Pipe, lastSeq: number): void {
    if (!pipe.closed && !this.stalled.has(pipe)) this.stalled.set(pipe, { since: Date.now(), seq: lastSeq });
  }

  remove(pipe: Pipe): void {
    this.stalled.delete(pipe);
    const open = this.byPerson.get(pipe.userId);
    open?.delete(pipe);
    if (open?.size === 0) this.byPerson.delete(pipe.userId);
  }

  has(userId: string): boolean {
    return this.byPerson.has(userId);
  }

  /** A copy: ending a pipe removes it. */
  of(userId: string): Pipe[] {
    return [...(this.byPerson.get(userId) ?? [])];
  }

  people(): string[] {
    return [...this.byPerson.keys()];
  }

  all(): Pipe[] {
    return [...this.byPerson.values()].flatMap((pipes) => [...pipes]);
  }
}
