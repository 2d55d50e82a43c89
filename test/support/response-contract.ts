import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
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
        pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}/?$`),
        path,
        operation,
      })),
    );
    // `{id}.ics` before `{id}`.
    this.routes.sort((a, b) => a.path.split('{').length - b.path.split('{').length || b.path.length - a.path.length);
  }

  /** @throws Error that says what the document promised and what came */
  async check(method: string, url: string, response: Response): Promise<void> {
    const { pathname } = new URL(url);
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
    if (!type.endsWith('json')) return;
    const body = (await response.clone().json()) as unknown;
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
