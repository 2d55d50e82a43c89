import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SchedulerRegistry } from '@nestjs/schedule';
import { createApp } from '../../src/create-app.js';
import { type Config, readConfig } from '../../src/platform/config/config.js';
import type { Settings } from '../../src/platform/config/settings.js';
import { openApiDocument } from '../../src/platform/openapi/openapi-document.js';
import { type Client, createClient } from '../../sdk/generated/client/index.js';
import * as sdk from '../../sdk/generated/sdk.gen.js';
import { createDatabase, type TestDatabase } from './database.js';
import { PATIENT } from './patient.js';
import { ResponseContract } from './response-contract.js';

/** Somebody who signed up, with a client that speaks for them. */
export interface Person {
  id: string;
  username: string;
  email: string;
  password: string;
  accessToken: string;
  refreshToken: string;
  client: Client;
}

export interface TestApp {
  url: string;
  app: NestFastifyApplication;
  config: Config;
  database: TestDatabase;
  /** A client for the generated SDK; every response is held against the OpenAPI document. */
  client(accessToken?: string): Client;
  /** The same check for requests that the SDK cannot make. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  signUp(name?: string, timeZone?: string): Promise<Person>;
  close(): Promise<void>;
}

export const PASSWORD = 'correct horse 7';

/** Made once for all of a process: no setting changes the document, and preparing to check against it takes as long as a test. */
let known: ResponseContract | null = null;
const contractOf = (app: NestFastifyApplication): ResponseContract =>
  (known ??= new ResponseContract(openApiDocument(app) as never));

/** The real application on a database of its own, or on a given one; on a free port, or on a given one. */
export async function startApp(settings: Partial<Settings> = {}, database?: TestDatabase, port = 0): Promise<TestApp> {
  const own = database ?? (await createDatabase());
  const config = readConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'error',
    RATE_LIMITS: 'off',
    // Every account would write one.
    MAIL: 'off',
    ...PATIENT,
    // So that as many meet in the database as a test wants.
    REQUESTS_AT_ONCE: '1000',
    WRITES_AT_ONCE: '1000',
    DATABASE_TRANSACTIONS_AT_ONCE: '500',
    DATABASE_URL: own.url,
    JWT_SECRET: 'a secret that only the tests use and nobody else',
  }).with(settings);
  const app = await createApp(config);
  await app.listen(port, '127.0.0.1');
  // It would take a connection at any moment. Searches do not depend on it.
  await app.get(SchedulerRegistry).getCronJob('index-texts').stop();
  const url = await app.getUrl();
  const contract = contractOf(app);

  const checkedFetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const { method, url: target } = request;
    const response = await fetch(request);
    await contract.check(method, target, response);
    return response;
  };
  const client = (accessToken?: string): Client =>
    createClient({ baseUrl: url, fetch: checkedFetch, auth: accessToken });

  return {
    url,
    app,
    config,
    database: own,
    client,
    fetch: (path, init) => checkedFetch(new URL(path, url), init),
    signUp: async (name = 'person', timeZone = 'UTC') => {
      const username = `${name}-${randomBytes(4).toString('hex')}`;
      const account = { username, email: `${username}@example.com`, password: PASSWORD };
      const { data, error } = await sdk.register({ client: client(), body: { ...account, time_zone: timeZone } });
      if (!data) throw new Error(`Sign-up failed: ${JSON.stringify(error)}`);
      const { access_token: accessToken, refresh_token: refreshToken, user } = data;
      return { ...account, id: user.id, accessToken, refreshToken, client: client(accessToken) };
    },
    close: async () => {
      await app.close();
      if (!database) await own.drop();
    },
  };
}

/** What the call answered with when it succeeded. @throws Error with the problem when it did not */
export async function ok<Data>(call: Promise<{ data?: Data; error?: unknown }>): Promise<NonNullable<Data>> {
  const { data, error } = await call;
  // What the response contract found.
  if (error instanceof Error) throw error;
  if (error !== undefined || data === undefined || data === null) throw new Error(`Refused: ${JSON.stringify(error)}`);
  return data;
}

/** The problem document and status of a call that must be refused. @throws Error when it succeeded */
export async function refused(
  call: Promise<{ data?: unknown; error?: unknown; response?: Response }>,
): Promise<{ status: number; code: string; errors?: { pointer: string; code: string }[]; [member: string]: unknown }> {
  const { data, error, response } = await call;
  if (error instanceof Error) throw error;
  if (error === undefined) throw new Error(`Not refused: ${JSON.stringify(data)}`);
  return { ...(error as object), status: response!.status } as never;
}
