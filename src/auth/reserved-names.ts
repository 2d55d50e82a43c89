import { foldName } from './look-alikes.js';

/** Names that people take for the service itself, for those who run it, or for nobody. */
const RESERVED = [
  ...['admin', 'administrator', 'administration', 'root', 'superuser', 'sysadmin', 'system', 'daemon', 'server'],
  ...['convene', 'official', 'staff', 'moderator', 'operator', 'owner', 'webmaster', 'postmaster', 'hostmaster'],
  ...['support', 'helpdesk', 'customerservice', 'security', 'abuse', 'billing', 'contact', 'noreply', 'donotreply'],
  ...['mailerdaemon', 'notifications', 'deleted', 'deleteduser', 'erased', 'anonymous', 'unknown', 'nobody'],
  ...['everyone', 'everybody', 'myself', 'null', 'undefined', 'none', 'true', 'false', 'nan', 'me', 'you', 'self'],
  ...['api', 'www', 'ftp', 'help', 'info', 'login', 'logout', 'register', 'settings', 'account', 'sudo', 'super'],
];

/** Words that only a whole name may not be: as parts they occur in the names of people, as `me` does in `meme`. */
const MIN_PART = 5;
/** Numbers such as a year behind a reserved name do not make it another one. */
const FINAL_NUMBER = /[._-]*\d{1,4}$/;

const FOLDED = new Set(RESERVED.map(foldName));
const PARTS = [...FOLDED].filter((name) => name.length >= MIN_PART || name === foldName('root'));

/**
 * Returns whether a user name is reserved or looks like one that is: in any case, with separators, with digits in place
 * of letters, with a number behind it, or put together from several (`convene-support`). Usernames are ASCII.
 */
export function isReservedName(username: string): boolean {
  return [username, username.replace(FINAL_NUMBER, '')]
    .map(foldName)
    .some((name) => FOLDED.has(name) || isCompound(name));
}

/** True for a text that consists of reserved words only. */
function isCompound(text: string): boolean {
  const reachable = new Set([0]);
  // A set returns what is added during the iteration as well.
  for (const from of reachable) {
    for (const part of PARTS) if (text.startsWith(part, from)) reachable.add(from + part.length);
  }
  return text.length > 0 && reachable.has(text.length);
}
