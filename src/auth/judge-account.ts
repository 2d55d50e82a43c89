import type { FieldError } from '../problems/problem.js';
import { isTimeZone } from '../time/time-zone.js';
import { judgePassword } from './judge-password.js';
import { isReservedName } from './reserved-names.js';

/** Returns what is wrong with a new user name. */
export function findReservedName(username: string): FieldError[] {
  if (!isReservedName(username)) return [];
  const message = 'This name is reserved, or looks like one that is. Choose another one.';
  return [{ pointer: '/username', code: 'reserved', message }];
}

/** Returns what is wrong with a new password. */
export async function findWeakPassword(
  password: string,
  { username, email }: { username: string; email: string },
): Promise<FieldError[]> {
  const message = await judgePassword(password, [username, email]);
  return message === null ? [] : [{ pointer: '/password', code: 'too_common', message }];
}

/** Returns what is wrong with a time zone. */
export function findUnknownTimeZone(name: string): FieldError[] {
  if (isTimeZone(name)) return [];
  const message = 'Must be an IANA time zone such as Europe/Paris.';
  return [{ pointer: '/time_zone', code: 'unknown_time_zone', message }];
}
