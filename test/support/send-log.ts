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

  /** Records every frame that the server sends, without changing it. */
  watch({ app }: TestApp): void {
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

  /** Returns the position of this moment. */
  mark(): number {
    this.last += 1;
    return this.last;
  }
}
