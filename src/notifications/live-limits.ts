/** What a live pipe grants its reader; told in the AsyncAPI document. */
export const LIVE_LIMITS = {
  socketsAPerson: 10,
  /** To send a token after connecting. */
  signInSeconds: 10,
  /** From one client over one pipe. */
  messagesAMinute: 100,
  /** The largest frame that a client may send. */
  frameBytes: 65_536,
  /** How far a reader may fall behind the end of his stream while he doesn't read. */
  itemsBehind: 1_000,
  pulseSeconds: 25,
} as const;
