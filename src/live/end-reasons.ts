interface EndReasonEntry {
  /** Close code of a plain WebSocket (RFC 6455 §7.4.2: 4000–4999 are for applications). */
  code: number;
  /** What happened, and what the client should do next. */
  help: string;
}

/** Every reason for which the server ends a connection. */
export const END_REASONS = {
  session_ended: {
    code: 4401,
    help: 'You signed out, the session was ended from another device, or the account was erased. Sign in again.',
  },
  token_expired: { code: 4401, help: 'The access token expired. Refresh it and reconnect with your last `seq`.' },
  unauthenticated: { code: 4401, help: 'The token is not valid. Sign in again.' },
  sign_in_timeout: { code: 4401, help: 'No token arrived in time. Reconnect and send it at once.' },
  replaced: {
    code: 4410,
    help: 'You opened more connections to this server than the limit, and this one was the oldest. Reconnect when you need it again, not at once: that would end another one.',
  },
  too_many_messages: {
    code: 4429,
    help: 'You sent too many messages. Wait a minute, then reconnect with your last `seq`.',
  },
  too_slow: { code: 4408, help: 'You read too slowly. Reconnect with your last `seq` when you can keep up.' },
  access_changed: {
    code: 4409,
    help: 'Your access to an event was revoked while frames were waiting to be sent to you; they were discarded. Reconnect with your last `seq`.',
  },
  invalid_message: { code: 4400, help: 'You sent a message that this connection does not understand. Fix the client.' },
  shutting_down: { code: 1001, help: 'The server is shutting down. Reconnect with your last `seq` after a moment.' },
  broken: { code: 1011, help: 'The server failed. Reconnect with your last `seq` after a moment.' },
} as const satisfies Record<string, EndReasonEntry>;

export type EndReason = keyof typeof END_REASONS;
export const END_REASON_NAMES = Object.keys(END_REASONS) as EndReason[];
