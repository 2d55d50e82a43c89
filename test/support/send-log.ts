import { OpenConnections } from '../../src/live/open-connections.js';
import type { TestApp } from './test-app.js';

export interface SentFrame {
  /** Place in the order of everything that was marked or sent. */
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
 * In which order servers in this process hand frames to sockets, and callers in it get their answers. Both happen in one
 * event loop, so that "after the answer" is exact: a client would hear a frame that was sent before it only later, and
 * could not tell it from one that was sent too late.
 */
export class SendLog {
  readonly sent: SentFrame[] = [];
  private last = 0;

  /** Looks on while every frame passes; nothing is changed. */
  watch({ app }: TestApp): void {
    const pipes = app.get(OpenConnections);
    const add = pipes.add.bind(pipes);
    pipes.add = (pipe) => {
      const { transport } = pipe;
      const send = transport.send.bind(transport);
      transport.send = (name, frame) => {
        const { event_id: eventId, id: itemId } = frame as { event_id?: string; id?: string };
        const { userId, sessionId } = pipe;
        this.sent.push({ at: this.mark(), time: Date.now(), name, userId, sessionId, eventId, itemId });
        send(name, frame);
      };
      add(pipe);
    };
  }

  /** This moment. */
  mark(): number {
    this.last += 1;
    return this.last;
  }
}
