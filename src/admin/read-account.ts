import type { NewAccount } from '../auth/registration.service.js';
import { RequestValidationPipe } from '../platform/http/validation.pipe.js';
import { CreateAccountBody } from './admin.dto.js';

/** Returns the account that a body describes, and its role. */
export const toNewAccount = ({ role = 'user', ...body }: CreateAccountBody): [NewAccount, 'user' | 'admin'] => [
  { username: body.username, email: body.email, password: body.password, timeZone: body.time_zone },
  role,
];

/** Reads a body that did not arrive as a request. @throws Problem validation_failed */
export async function readAccount(input: object): Promise<[NewAccount, 'user' | 'admin']> {
  const body = await new RequestValidationPipe().transform(input, { type: 'body', metatype: CreateAccountBody });
  return toNewAccount(body as CreateAccountBody);
}
