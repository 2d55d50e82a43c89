import type { Transaction } from '../platform/database/transaction.js';
import { invalid, type Problem } from '../problems/problem.js';
import type { User } from '../users/user.entity.js';
import type { UsersService } from '../users/users.service.js';
import { unauthenticated } from './unauthenticated.js';

/** The fields in which people send the password that they have. */
const MESSAGES = {
  '/current_password': 'This is not the current password.',
  '/password': 'This is not your password.',
} as const;

export const wrongPassword = (pointer: keyof typeof MESSAGES): Problem =>
  invalid({ pointer, code: 'wrong_password', message: MESSAGES[pointer] });

/**
 * Locks an account whose current password was checked before the transaction. Somebody else may have set another one since, or
 * erased the account: that is not to be overwritten.
 * @throws Problem validation_failed if the password is another one by now, unauthenticated if the account is erased or disabled
 */
export async function lockChecked(users: UsersService, tx: Transaction, user: User): Promise<void> {
  const passwordHash = await users.lockPassword(tx, user.id);
  if (passwordHash === null) throw unauthenticated('ended');
  if (passwordHash !== user.passwordHash) throw wrongPassword('/current_password');
}
