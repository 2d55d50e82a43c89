import type { EndReason } from './live-frames.js';

interface Ending {
  /** How a plain WebSocket is closed (RFC 6455 §7.4.2: 4000–4999 are ours). */
  code: number;
  /** What happened, and what a client does next. */
  help: string;
}

/** Every way in which the server ends a connection. */
export const ENDINGS: Record<EndReason, Ending> = {
  session_ended: { code: 4401, help: 'Logged out, ended from another device, or the account is gone. Sign in again.' },
  token_expired: { code: 4401, help: 'The access token ran out. Refresh it and connect with your last number.' },
  unauthenticated: { code: 4401, help: 'The token is not valid. Sign in again.' },
  sign_in_timeout: { code: 4401, help: 'No token came in time. Connect again and send it at once.' },
  too_many_sockets: { code: 4429, help: 'More connections than one person may have. Close some first.' },
  too_many_messages: { code: 4429, help: 'You sent too much. Wait a minute, then connect with your last number.' },
  too_slow: { code: 4408, help: 'You read too slowly. Connect with your last number when you can keep up.' },
  access_changed: {
    code: 4409,
    help: 'Your access was narrowed while something was on its way to you; it was dropped. Connect with your last number.',
  },
  invalid_message: { code: 4400, help: 'You sent what this connection does not understand. Mend your client.' },
  shutting_down: { code: 1001, help: 'The server goes away. Connect with your last number, after a moment.' },
  broken: { code: 1011, help: 'Something failed here. Connect with your last number, after a moment.' },
};
