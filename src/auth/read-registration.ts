import { RequestValidationPipe } from '../platform/http/validation.pipe.js';
import { RegisterBody } from './auth.dto.js';
import type { Registration } from './auth.service.js';

/** Reads the body of a registration that did not arrive as a request. @throws Problem validation_failed */
export async function readRegistration(input: object): Promise<Registration> {
  const body = (await new RequestValidationPipe().transform(input, {
    type: 'body',
    metatype: RegisterBody,
  })) as RegisterBody;
  return { username: body.username, email: body.email, password: body.password, timeZone: body.time_zone };
}
