import { setTimeout as sleep } from 'node:timers/promises';
import { Streams } from '../../src/notifications/streams.js';
import { OpenConnections } from '../../src/live/open-connections.js';
import type { TestApp } from './test-app.js';

export interface SentFrame {
  /** Position in the order of all marks and frames. */
  at: number;
  /** Milliseconds since 1970. */
  time: number;
  name: string;
  userId: string;
  sessionId: string;
  eventId: string | undefined;
  itemId: string | undefined;
}

/**
 * Records the order in which servers in this process send frames and callers in it receive responses. Both happen in one
 * event loop, so that "after the response" is exact: a client would receive a frame that was sent before the response only
 * later, and could not distinguish it from one that was sent too late.
 */
export class SendLog {
  readonly sent: SentFrame[] = [];
  private last = 0;
  private readonly polls = new Map<TestApp, number>();

  /** Records every frame that the server sends, and how often it polls, without changing either. */
  watch(server: TestApp): void {
    const { app } = server;
    const streams = app.get(Streams);
    const listLastSeqs = streams.listLastSeqs.bind(streams);
    streams.listLastSeqs = (...given) => {
      this.polls.set(server, (this.polls.get(server) ?? 0) + 1);
      return listLastSeqs(...given);
    };
    const connections = app.get(OpenConnections);
    const add = connections.add.bind(connections);
    connections.add = (connection) => {
      const { transport } = connection;
      const send = transport.send.bind(transport);
      transport.send = (name, frame) => {
        const { event_id: eventId, id: itemId } = frame as { event_id?: string; id?: string };
        const { userId, sessionId } = connection;
        this.sent.push({ at: this.mark(), time: Date.now(), name, userId, sessionId, eventId, itemId });
        send(name, frame);
      };
      add(connection);
    };
  }

  /**
   * Waits until the server has begun to read the streams twice more. A poll reads the sessions first: by the second time it
   * has ended those that were over when this was called.
   */
  async untilPolled(server: TestApp): Promise<void> {
    const before = this.polls.get(server) ?? 0;
    while ((this.polls.get(server) ?? 0) < before + 2) await sleep(20);
  }

  /** Returns the position of this moment. */
  mark(): number {
    this.last += 1;
    return this.last;
  }
}
