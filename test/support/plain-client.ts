import { randomBytes } from 'node:crypto';

/** A response as any HTTP client sees it. */
export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

interface SignedIn {
  access_token: string;
  refresh_token: string;
  user: { id: string };
}

/** A registered user. */
export interface PlainPerson {
  id: string;
  username: string;
  email: string;
  token: string;
  refreshToken: string;
}

interface CallOptions {
  token?: string;
  /** Sent as JSON, unless it is a form. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** A client that uses plain `fetch` instead of the SDK. */
export class PlainClient {
  constructor(readonly url: string) {}

  /** Sends a request. `Body` is the expected type of the response body; it is not checked. */
  async call<Body = unknown>(
    method: string,
    path: string,
    { token, body, headers = {} }: CallOptions = {},
  ): Promise<Answer<Body>> {
    const isForm = body instanceof URLSearchParams;
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : isForm ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : undefined) as Body };
  }

  /** Registers a new account. */
  async signUp(name: string): Promise<PlainPerson> {
    const username = `${name}-${randomBytes(3).toString('hex')}`;
    const email = `${username}@example.com`;
    const { status, body } = await this.call<SignedIn>('POST', '/api/auth/register', {
      body: { username, email, password: PASSWORD },
    });
    if (status !== 201) throw new Error(`Sign-up failed: ${JSON.stringify(body)}`);
    return { id: body.user.id, username, email, token: body.access_token, refreshToken: body.refresh_token };
  }
}

/** True for the answer of a server with too much to do, which has done nothing and says when to ask again. */
export const isBusy = ({ status, headers }: Pick<Answer<unknown>, 'status' | 'headers'>): boolean =>
  status === 503 && headers.has('retry-after');

export const PASSWORD = 'correct horse 7';
