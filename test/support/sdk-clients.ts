import { Convene, type ConveneOptions } from '../../sdk/index.js';
import { PASSWORD, type Person, type TestApp } from './test-app.js';

/** A client of the SDK with the session of a person. Its retries are quick. */
export function clientOf(app: { url: string }, person: Person, options: ConveneOptions = {}): Convene {
  const { accessToken: access_token, refreshToken: refresh_token } = person;
  const session = { access_token, refresh_token, expires_at: null, user: null };
  return new Convene({ baseUrl: app.url, session, ...options });
}

/** Somebody who signed up and in with the SDK. */
export async function signIn(app: TestApp, name: string, options: ConveneOptions = {}): Promise<Convene> {
  const { username } = await app.signUp(name);
  const convene = new Convene({ baseUrl: app.url, ...options });
  await convene.signIn({ username, password: PASSWORD });
  return convene;
}

/** What the call was rejected with. @throws Error when it was not */
export async function failure(call: Promise<unknown>): Promise<Error> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: Error) => ({ error }),
  );
  if ('error' in outcome) return outcome.error;
  throw new Error(`Not rejected: ${JSON.stringify(outcome.value)}`);
}
