/** Limits of a live connection that are not settings. The AsyncAPI document lists them. */
export const LIVE_LIMITS = {
  /** Seconds in which a client must send its token after connecting. */
  signInSeconds: 10,
  /** Messages from one client over one connection. */
  messagesPerMinute: 100,
  /** Size of a message from a client, in bytes. */
  maxMessageBytes: 65_536,
  /** Seconds for which a client may read nothing while items wait for it. */
  maxStallSeconds: 30,
  /** Milliseconds after which an `EventSource` reconnects when its connection breaks. */
  retryMs: 3_000,
  /** Milliseconds after which it asks again when the server ended the response because its time was over. */
  renewRetryMs: 250,
  /** Seconds for which the server then keeps the TCP connection for that request. */
  maxRenewSeconds: 10,
} as const;
