import type { Change } from './types.js';

export type LiveTransport = 'web_socket' | 'sse' | 'polling';

/** The frames of the server, by name; the AsyncAPI document describes them. */
export interface Frames {
  ready: { user_id: string; seq: number };
  change: Change;
  withheld: { seq: number };
  pulse: { seq: number };
  resync: { after: number };
  session_ended: { reason: string };
}
export type Frame = { [Name in keyof Frames]: { name: Name; data: Frames[Name] } }[keyof Frames];

/** What a transport needs for one attempt. */
export interface Attempt {
  /** Number of the last item that is there; null to begin with the next one. */
  after: number | null;
  token: string;
  /** Called with each frame, in order. Returns false when frames are missing: then the attempt ends. */
  receive(frame: Frame): boolean;
  /** Called for whatever arrives: the connection is alive. */
  alive(): void;
  /** Ends the attempt, for whatever reason: the transport then releases everything. */
  signal: AbortSignal;
}

/**
 * Resolves when the connection has ended, to the milliseconds that the server asks to wait. Everything else that can be
 * known about the end was a frame before it.
 *
 * @throws ConveneError when the server refuses; Error when the connection fails
 */
export type OpenTransport = (attempt: Attempt) => Promise<void>;
