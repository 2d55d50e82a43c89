import type { TestDatabase } from './database.js';
import type { Person, TestApp } from './test-app.js';

export interface WireRequest {
  as?: Person;
  method?: string;
  /** Sent as JSON unless it is text, bytes or a form already. */
  body?: unknown;
  headers?: Record<string, string>;
}

export interface WireAnswer {
  status: number;
  headers: Headers;
  bytes: Buffer;
  /** The body read as JSON; undefined when there is none. */
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are asserted on, member by member
  json: any;
}

/** A request as it stands on the wire, for what the SDK cannot send. */
export async function send(app: TestApp, path: string, request: WireRequest = {}): Promise<WireAnswer> {
  return answerOf(await app.fetch(path, wireInit(request)));
}

/** The same for answers of which the OpenAPI document says nothing, such as MessagePack and 406. */
export async function sendUndocumented(app: TestApp, path: string, request: WireRequest = {}): Promise<WireAnswer> {
  return answerOf(await fetch(new URL(path, app.url), wireInit(request)));
}

function wireInit({ as, method, body, headers = {} }: WireRequest): RequestInit {
  const ready = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
  const isForm = body instanceof URLSearchParams;
  return {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(as ? { authorization: `Bearer ${as.accessToken}` } : {}),
      ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: (ready || isForm ? body : JSON.stringify(body)) as BodyInit,
  };
}

async function answerOf(response: Response): Promise<WireAnswer> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    json: isJson && bytes.length > 0 ? JSON.parse(bytes.toString('utf8')) : undefined,
  };
}

const TABLES = [
  'users',
  'events',
  'event_versions',
  'event_permissions',
  'event_occupancy',
  'member_changes',
  'notifications',
];

/** How many rows each table holds: the same before and after whatever must leave no trace. */
export async function footprint(database: TestDatabase): Promise<Record<string, number>> {
  const counts = TABLES.map((table) => `(SELECT count(*)::int FROM ${table}) AS ${table}`).join(', ');
  const [row] = await database.query<Record<string, number>>(`SELECT ${counts}`);
  return row!;
}

/** `pointer code` of everything that a problem complains about. */
export const complaints = (problem: { errors?: { pointer: string; code: string }[] }): string[] =>
  (problem.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`);

/** For calls that answer 204. @throws Error with the problem when it was refused */
export async function done(call: Promise<{ error?: unknown; response?: Response }>): Promise<void> {
  const { error, response } = await call;
  if (response?.status !== 204) throw new Error(`Not 204 but ${response?.status}: ${JSON.stringify(error)}`);
}
