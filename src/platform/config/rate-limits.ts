import { limit, oneOf, wholeNumber } from './setting-parsers.js';
import { setting } from './setting.js';

/** The settings of rate limits, which `SETTINGS` contains. */
export const RATE_LIMITS = {
  rateLimits: setting(
    'RATE_LIMITS',
    'on',
    (text) => oneOf('on', 'off')(text) === 'on',
    'Set off for tests and benches only; refused in production',
  ),
  rateLimitWaitMilliseconds: setting(
    'RATE_LIMIT_WAIT_MILLISECONDS',
    '100',
    wholeNumber(1, 10_000),
    'Longest wait for Redis before this server counts a request alone',
  ),
  limitLoginAddress: setting('RATE_LIMIT_LOGIN_ADDRESS', '60/60', limit, 'Sign-ins per address: number/seconds'),
  limitPasswordAddress: setting(
    'RATE_LIMIT_PASSWORD_ADDRESS',
    '10/900',
    limit,
    'Wrong passwords per account and address',
  ),
  limitPasswordAccount: setting(
    'RATE_LIMIT_PASSWORD_ACCOUNT',
    '30/3600',
    limit,
    'Wrong passwords per account; then new addresses wait up to a minute',
  ),
  limitPasswordSession: setting(
    'RATE_LIMIT_PASSWORD_SESSION',
    '10/900',
    limit,
    'Wrong passwords per session, to change or erase an account',
  ),
  limitAppPasswordAddress: setting(
    'RATE_LIMIT_APP_PASSWORD_ADDRESS',
    '30/900',
    limit,
    'Wrong app passwords per address',
  ),
  limitRegisterAddress: setting('RATE_LIMIT_REGISTER_ADDRESS', '60/60', limit, 'Registrations per address'),
  limitLinksAddress: setting(
    'RATE_LIMIT_LINKS_ADDRESS',
    '30/60',
    limit,
    'Links of mails, requested or followed, per address',
  ),
  limitInvitationsUser: setting(
    'RATE_LIMIT_INVITATIONS_USER',
    '200/86400',
    limit,
    'E-mail addresses that a user shares events with',
  ),
  limitInvitationsEvent: setting(
    'RATE_LIMIT_INVITATIONS_EVENT',
    '200/86400',
    limit,
    'E-mail addresses that an event is shared with',
  ),
  limitRefreshAddress: setting('RATE_LIMIT_REFRESH_ADDRESS', '300/60', limit, 'Refreshes per address'),
  limitRefreshSession: setting('RATE_LIMIT_REFRESH_SESSION', '30/60', limit, 'Refreshes per session'),
  limitLookupAddress: setting('RATE_LIMIT_LOOKUP_ADDRESS', '300/60', limit, 'Look-ups of people per address'),
  limitLookupUser: setting(
    'RATE_LIMIT_LOOKUP_USER',
    '300/60',
    limit,
    'People looked up per user, by name or e-mail address, or to share',
  ),
  limitConnectAddress: setting(
    'RATE_LIMIT_CONNECT_ADDRESS',
    '600/60',
    limit,
    'Attempts to open a live connection per address',
  ),
  limitReads: setting('RATE_LIMIT_READS', '1200/60', limit, 'Reads per user'),
  limitWrites: setting('RATE_LIMIT_WRITES', '600/60', limit, 'Writes per user'),
  limitExpensiveReads: setting(
    'RATE_LIMIT_EXPENSIVE_READS',
    '240/60',
    limit,
    'Searches, expanded lists, comparisons, availability per user',
  ),
  limitImports: setting('RATE_LIMIT_IMPORTS', '30/60', limit, 'Imports of iCalendar files per user'),
  limitFeedsAddress: setting('RATE_LIMIT_FEEDS_ADDRESS', '600/60', limit, 'Requests for calendar feeds per address'),
  limitFeeds: setting('RATE_LIMIT_FEEDS', '30/60', limit, 'Requests for one calendar feed'),
} as const;
