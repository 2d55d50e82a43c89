/** What a live connection grants its reader; the AsyncAPI document tells it, beside what the settings say. */
export const LIVE_LIMITS = {
  /** To send a token after connecting. */
  signInSeconds: 10,
  /** From one client over one connection. */
  messagesAMinute: 100,
  /** The largest frame that a client may send. */
  frameBytes: 65_536,
  /** How long a reader may read nothing while something waits for him. */
  stallSeconds: 30,
} as const;
