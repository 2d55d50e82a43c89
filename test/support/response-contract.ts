import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { unpackMessage } from '../../src/platform/http/message-pack.js';
import type { ProblemView } from '../../src/platform/openapi/problem-view.js';
import type { ProblemCode } from '../../src/problems/problem-catalogue.js';
import { closeSchemas } from '../../src/platform/openapi/schemas.js';

interface Answer {
  content?: Record<string, { schema?: object }>;
}

interface Operation {
  operationId: string;
  responses: Record<string, Answer>;
  'x-dry-run-response'?: Answer;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: object;
}

/** What the introduction of the document says is answered before any operation is reached. */
const BEFORE_OPERATIONS: Record<number, ProblemCode> = {
  400: 'bad_request',
  408: 'request_timeout',
  431: 'headers_too_large',
};

function isDecodable(pathname: string): boolean {
  try {
    decodeURIComponent(pathname);
    return true;
  } catch {
    return false;
  }
}

/** @throws Error if the problem that is due before any operation is another one */
async function isBeforeOperations(pathname: string, response: Response): Promise<boolean> {
  const { status } = response;
  const code = BEFORE_OPERATIONS[status];
  if (!code || (status === 400 && isDecodable(pathname))) return false;
  const problem = (await readBody(response)) as Partial<ProblemView>;
  if (problem.code === code && problem.status === status && problem.title && problem.request_id) return true;
  throw new Error(`${pathname} → ${status}: not the problem ${code}, but ${JSON.stringify(problem)}`);
}

/** Returns the body of a response in JSON or MessagePack; undefined for another, and for none. */
export async function readBody(response: Response): Promise<unknown> {
  const type = response.headers.get('content-type') ?? '';
  const isMessage = type.startsWith('application/msgpack');
  if (!isMessage && !/[/+]json\b/.test(type)) return undefined;
  const bytes = Buffer.from(await response.clone().arrayBuffer());
  if (bytes.length === 0) return undefined;
  return isMessage ? unpackMessage(bytes, { nesting: 100, values: Infinity }) : JSON.parse(bytes.toString());
}

/** Holds every response against the OpenAPI document: its status, its format and its body must be promised there. */
export class ResponseContract {
  private readonly ajv: Ajv2020;
  private readonly routes: { method: string; pattern: RegExp; path: string; operation: Operation }[];
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(document: Document) {
    this.ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
    (addFormats as unknown as (ajv: Ajv2020) => void)(this.ajv);
    this.ajv.addFormat('idn-email', true);
    // Responses may have more members, but here, one that isn't documented is a defect.
    this.ajv.addSchema({ $id: 'openapi', ...closeSchemas(document) });
    this.routes = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({
        method: method.toUpperCase(),
        // Literal segments first, so that /events/batch isn't taken for /events/{id}.
        // The server takes an empty parameter for one that is not valid, except at the end.
        pattern: new RegExp(`^${path.replace(/\{[^}]+\}(?=\/)/g, '[^/]*').replace(/\{[^}]+\}/g, '[^/]+')}/?$`),
        path,
        operation,
      })),
    );
    // `{id}.ics` before `{id}`.
    this.routes.sort((a, b) => a.path.split('{').length - b.path.split('{').length || b.path.length - a.path.length);
  }

  /** @throws Error that says what the document promised and what came */
  async check(method: string, target: string, response: Response): Promise<void> {
    // An address that is not quite right is held against the document as it was sent.
    const pathname = target.startsWith('/') ? target.split('?')[0]! : new URL(target).pathname;
    if (await isBeforeOperations(pathname, response)) return;
    const route = this.routes.find((entry) => entry.method === method && entry.pattern.test(pathname));
    const came = `${method} ${pathname} → ${response.status}`;
    if (!route) {
      // An address that doesn't exist is answered as one.
      if (response.status === 404 || response.status === 405) return;
      throw new Error(`${came}: no such operation in the OpenAPI document`);
    }
    const isDryRun = response.headers.has('convene-dry-run');
    const promised = isDryRun
      ? route.operation['x-dry-run-response']
      : route.operation.responses[String(response.status)];
    if (!promised) throw new Error(`${came}: ${route.operation.operationId} does not document this status`);
    const type = (response.headers.get('content-type') ?? '').split(';')[0]!;
    if (!promised.content) {
      if (response.status !== 204 && response.status !== 304) throw new Error(`${came}: no content documented`);
      return;
    }
    if (!promised.content[type]) throw new Error(`${came}: ${type || 'no content type'} is not documented`);
    const body = await readBody(response);
    if (body === undefined) return;
    const place = isDryRun ? ['x-dry-run-response'] : ['responses', response.status];
    const pointer = ['paths', route.path, method.toLowerCase(), ...place, 'content', type, 'schema']
      .map((part) => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const validate = this.validator(`openapi#/${pointer}`);
    if (!validate(body)) {
      throw new Error(`${came}: ${this.ajv.errorsText(validate.errors)}\n${JSON.stringify(body).slice(0, 2_000)}`);
    }
  }

  private validator(reference: string): ValidateFunction {
    const known = this.compiled.get(reference) ?? this.ajv.compile({ $ref: reference });
    this.compiled.set(reference, known);
    return known;
  }
}
