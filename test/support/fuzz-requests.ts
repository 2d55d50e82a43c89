import { gzipSync } from 'node:zlib';
import { packMessage } from '../../src/platform/http/message-pack.js';
import { mutate, mutateBytes, ODD_TEXTS, type Resolve, sample, type Schema, uuid } from './fuzz-values.js';
import type { FuzzWorld } from './fuzz-world.js';
import type { Chance } from './random.js';
import type { RawRequest } from './raw-request.js';

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  schema: Schema;
  required?: boolean;
}

interface Operation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  security?: object[];
}

export interface FuzzDocument {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'SEARCH', 'QUERY'];
const TYPES = [
  ...[
    'application/json',
    'application/msgpack',
    'application/x-msgpack',
    'application/vnd.msgpack',
    'application/merge-patch+json',
  ],
  ...[
    'application/x-www-form-urlencoded',
    'application/json; charset=utf-8',
    'application/json;charset=utf-16',
    'APPLICATION/JSON',
    'text/plain',
    'text/json',
  ],
  ...[
    'application/problem+json',
    'application/json-patch+json',
    'multipart/form-data; boundary=x',
    'multipart/form-data',
    'application/xml',
    'a/b',
    'json',
    '/',
    ';',
    '',
  ],
];
/** Headers that mean something to the server, with values that mean something, nothing, or too much. */
const HEADERS: Record<string, string[]> = {
  'if-match': [
    '*',
    '"1.1"',
    '"2"',
    'W/"1.1"',
    '"1.1", "2.1"',
    '1',
    '""',
    '"',
    '"99999999999999999999.1"',
    '"-1.0"',
    ', , ,',
    '"a'.repeat(500),
  ],
  'if-none-match': ['*', '"1.1"', 'W/"1.1", "x"', ',,', '"'],
  prefer: [
    'handling=strict',
    'handling=lenient',
    'return=minimal',
    'return=representation',
    'conflict=allow',
    'respond-async, wait=10',
    '=',
    ';;',
    'handling="',
  ],
  range: ['bytes=0-10', 'bytes=-1', 'items=0-', 'bytes=9999999999-'],
  accept: [
    'application/json',
    'application/msgpack',
    'application/x-msgpack',
    'application/problem+json',
    'text/html',
    'image/png',
    '*/*;q=0',
    'application/json;q=0, */*',
    ';',
    'text/event-stream',
    '*',
    'a'.repeat(4_000),
  ],
  'accept-encoding': ['gzip', 'br', 'identity;q=0', '*;q=0', 'gzip;q=0.5, identity', 'zstd', ';;;'],
  'accept-language': ['de', '*', ';q=', 'x'.repeat(500)],
  'content-encoding': ['gzip', 'br', 'identity', 'deflate', 'gzip, gzip', 'x'],
  'idempotency-key': ['a', 'same-key', '"quoted"', '', ' ', 'k'.repeat(300), '\u00e4', 'a b', '{}'],
  'last-event-id': ['0', '-1', '99999999999', 'x', '1.5', ''],
  'x-forwarded-for': ['1.2.3.4', 'unknown', '::1, 1.2.3.4', 'x'.repeat(1_000)],
  'x-request-id': ['abc', 'x'.repeat(1_000), '\u00e4', '"'],
  'x-http-method-override': ['DELETE', 'PATCH'],
  expect: ['100-continue'],
  origin: ['null', 'https://evil.example', 'x'],
  host: ['evil.example', 'a:b:c', '', 'localhost:1@x'],
  traceparent: ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '00-0-0-0'],
  cookie: ['a=b', '=;=;'],
  'upgrade-insecure-requests': ['1'],
  'if-modified-since': ['Thu, 01 Jan 1970 00:00:00 GMT', 'x'],
  'if-unmodified-since': ['Thu, 01 Jan 1970 00:00:00 GMT', 'x'],
  authorization: [
    'Bearer',
    'Bearer x',
    'Basic YTpi',
    'bearer  a.b.c',
    'Bearer eyJhbGciOiJub25lIn0.e30.',
    'Digest x',
    '',
  ],
};

/** Operations after which somebody has to sign up anew: rare, or most requests would be refused for that alone. */
const ENDS_SESSIONS = /^(eraseMe|logout|disableAccount|signOutAccount|demoteAccount|endSession|updateMe)$/;

/** Makes requests out of the OpenAPI document: nearly right ones, so that they come far, and quite wrong ones. */
export class FuzzRequests {
  private readonly operations: { path: string; method: string; operation: Operation }[];

  constructor(private readonly document: FuzzDocument) {
    this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    );
    // What holds the most logic comes the most often.
    const busy = this.operations.filter(({ path }) => path.startsWith('/api/events'));
    this.operations.push(...busy, ...busy);
  }

  readonly resolve: Resolve = (schema) =>
    schema.$ref ? this.resolve(this.document.components.schemas[schema.$ref.split('/').at(-1)!]!) : schema;

  next(world: FuzzWorld, chance: Chance): RawRequest {
    const { path, method, operation } = this.pick(chance);
    const parameters = operation.parameters ?? [];
    const headers: Record<string, string> = {};
    if (chance.next() < 0.96) headers['authorization'] = `Bearer ${world.token(path, chance)}`;
    for (const { name, in: place } of parameters) {
      if (place !== 'header' || chance.next() < 0.75) continue;
      headers[name.toLowerCase()] = world.header(name, chance) ?? chance.pick(HEADERS[name.toLowerCase()] ?? ['1']);
    }
    const request: RawRequest = {
      method: chance.next() < 0.03 ? chance.pick(METHODS) : method,
      path: this.address(path, parameters, world, chance),
      headers,
    };
    if (operation.requestBody && chance.next() < 0.97) this.addBody(request, operation, world, chance);
    else if (chance.next() < 0.02) this.setBody(request, {}, 'application/json', chance);
    this.addOddHeaders(request, chance);
    return request;
  }

  private pick(chance: Chance): { path: string; method: string; operation: Operation } {
    const picked = chance.pick(this.operations);
    return ENDS_SESSIONS.test(picked.operation.operationId) && chance.next() < 0.8 ? this.pick(chance) : picked;
  }

  private address(path: string, parameters: Parameter[], world: FuzzWorld, chance: Chance): string {
    let address = path.replace(/\{([^}]+)\}/g, (_whole, name: string) => {
      if (chance.next() < 0.04) return encode(chance.pick(ODD_TEXTS).slice(0, 700), chance);
      return world.id(path, name, chance) ?? String(chance.below(5));
    });
    if (chance.next() < 0.02) {
      const odd = [
        '/',
        '//',
        '/../',
        '%00',
        '%2F',
        '%ff',
        '%',
        '/%2e%2e/',
        ';a=b',
        '/x',
        '?',
        '\\',
        `/${'a'.repeat(3_000)}`,
      ];
      const at = chance.below(address.length + 1);
      address = address.slice(0, at) + chance.pick(odd) + address.slice(at);
      if (!address.startsWith('/')) address = `/${address}`;
    }
    const query: string[] = [];
    for (const { name, in: place, schema, required } of parameters) {
      if (place !== 'query' || (!required && chance.next() < 0.85)) continue;
      const value =
        chance.next() < 0.15
          ? chance.pick(ODD_TEXTS)
          : (world.query(name, chance) ?? sample(schema, this.resolve, chance, name));
      query.push(`${name}=${encode(String(value), chance)}`);
      if (chance.next() < 0.03) query.push(`${name}${chance.pick(['', '[]', '[a]', '[0][b]'])}=1`);
    }
    if (chance.next() < 0.02)
      query.push(
        chance.pick([
          '=',
          '&&',
          'unknown=1',
          '%',
          '__proto__=1',
          'a[__proto__]=1',
          '%ff=%fe',
          'dry_run=true',
          'dry_run',
          'a'.repeat(2_000),
        ]),
      );
    return query.length > 0 ? `${address}?${query.join('&')}` : address;
  }

  private addBody(request: RawRequest, { requestBody }: Operation, world: FuzzWorld, chance: Chance): void {
    const content = Object.entries(requestBody!.content);
    const [type, { schema }] = chance.pick(content);
    let body = world.fill(sample(schema, this.resolve, chance), chance);
    if (chance.next() < 0.3) body = mutate(body, chance);
    this.setBody(request, body, type, chance);
  }

  private setBody(request: RawRequest, body: unknown, type: string, chance: Chance): void {
    request.headers['content-type'] = chance.next() < 0.02 ? chance.pick(TYPES) : type;
    let bytes = encodeBody(body, type);
    if (chance.next() < 0.07) bytes = mutateBytes(bytes, chance);
    if (chance.next() < 0.005)
      bytes = Buffer.concat([bytes, Buffer.alloc(1_500_000, chance.pick([' ', 'a', '[', '\u0091']))]);
    if (chance.next() < 0.02) {
      request.headers['content-encoding'] = 'gzip';
      bytes = gzipSync(bytes);
    }
    request.body = bytes;
  }

  private addOddHeaders(request: RawRequest, chance: Chance): void {
    for (let times = chance.next() < 0.2 ? 1 + chance.below(3) : 0; times > 0; times -= 1) {
      const name = chance.pick(Object.keys(HEADERS));
      // A header is bytes; Node refuses what is not Latin-1 before it is sent.
      request.headers[name] = chance.next() < 0.9 ? chance.pick(HEADERS[name]!) : uuid(chance);
    }
    // Node waits for the answer to it before it sends the body.
    if (!request.body) delete request.headers['expect'];
  }
}

/** Percent-encoded, and now and then not where it has to be. */
function encode(value: string, chance: Chance): string {
  const encoded = encodeURIComponent(value.toWellFormed());
  return chance.next() < 0.02 ? encoded.replace(/%[0-9A-F]{2}/, '%') : encoded;
}

function encodeBody(body: unknown, type: string): Buffer {
  const json = JSON.stringify(body) ?? '';
  // The library calls `toJSON`, whatever it is.
  if (type.includes('msgpack'))
    return packMessage(json.includes('"toJSON"') ? JSON.parse(json.replaceAll('"toJSON"', '"to_json"')) : body);
  if (!type.includes('urlencoded')) return Buffer.from(json);
  // A form holds texts only.
  const entries = Object.entries(body ?? {}).map(([key, value]) => [key, JSON.stringify(value) ?? '']);
  return Buffer.from(
    new URLSearchParams(entries.map(([key, value]) => [key!, value!.replace(/^"|"$/g, '')])).toString(),
  );
}
