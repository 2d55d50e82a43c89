import type { EndReason } from './end-reasons.js';
import type { FrameName, SentFrames } from './live-frames.js';

export const TRANSPORT_KINDS = ['socket_io', 'web_socket', 'sse'] as const;
export type TransportKind = (typeof TRANSPORT_KINDS)[number];

/** Sends frames over one protocol. A frame that cannot be sent is dropped: its item is still in the table. */
export interface Transport {
  readonly kind: TransportKind;
  send<Name extends FrameName>(name: Name, frame: SentFrames[Name]): void;
  /** Holds back what is sent until `uncork`, so that it is written to the socket at once. */
  cork?(): void;
  uncork?(): void;
  /** Returns the bytes of sent frames that are still in this process, also those that are held back. */
  unsentBytes(): number;
  /**
   * Returns true if nothing of what was waiting at the previous call has been taken since. Only for protocols that have no
   * pings of their own.
   */
  isFrozen?(): boolean;
  /**
   * Ends the response after the number of the last item sent, in such a way that the client asks for the rest by itself.
   * Only for protocols in which a client cannot answer: asking again proves that it reads.
   */
  renew?(seq: number): void;
  /** Sends the reason and closes. Abruptly: closes at once, without a reason, and discards unsent bytes. */
  close(reason: EndReason, abruptly: boolean): void;
}
