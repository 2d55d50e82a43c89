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
} as const;
