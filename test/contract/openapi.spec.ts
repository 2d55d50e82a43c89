import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual, promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atOrigin, EXAMPLE_HOST } from '../../src/platform/openapi/at-origin.js';
import { ResponseContract } from '../support/response-contract.js';
import { startApp, type TestApp } from '../support/test-app.js';

interface Media {
  schema: object;
  example?: unknown;
}

interface Body {
  content?: Record<string, Media>;
  required?: boolean;
  headers?: Record<string, object>;
  description?: string;
}

interface Operation {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  security: object[];
  parameters: {
    name: string;
    in: string;
    description: string;
    required?: boolean;
    schema: object;
    example?: unknown;
  }[];
  requestBody?: Body;
  responses: Record<string, Body>;
  'x-dry-run-response'?: Body;
}

interface Document {
  openapi: string;
  info: { title: string; description: string; version: string; license: object };
  servers: object[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, { description?: string }> };
}

const MESSAGE_PACK = 'application/msgpack';
const TEXTS = ['text/event-stream', 'text/calendar'];
const PROBLEM = 'application/problem+json';

describe('the OpenAPI document', () => {
  let app: TestApp;
  let document: Document;
  let operations: { id: string; path: string; operation: Operation }[];
  let fits: (schema: object, value: unknown) => string | null;

  beforeAll(async () => {
    app = await startApp();
    document = (await (await fetch(`${app.url}/openapi.json`)).json()) as Document;
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.values(methods).map((operation) => ({ id: operation.operationId, path, operation })),
    );
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
    ajv.addFormat('idn-email', true);
    ajv.addSchema({ $id: 'openapi', ...document });
    fits = (schema, value) => {
      // References in the schema are relative to the document.
      const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')) as object;
      const validate = ajv.compile(absolute);
      return validate(value) ? null : ajv.errorsText(validate.errors);
    };
  });
  afterAll(() => app.close());

  /** Every operation for which the check finds something wrong, with what it found. */
  const wrong = (check: (operation: Operation, path: string) => unknown): unknown[] =>
    operations.map(({ id, path, operation }) => [id, check(operation, path)]).filter(([, found]) => found);

  const bodies = ({ requestBody, responses }: Operation): [string, Body][] => [
    ...(requestBody ? [['request', requestBody] as [string, Body]] : []),
    ...Object.entries(responses),
  ];

  it('introduces itself: version of OpenAPI and of the package, licence, server, what Convene is', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Convene', version, license: { name: 'MIT', identifier: 'MIT' } },
      // Not `/`: many tools put it in front of a path, and `//api` is a host.
      servers: [{ url: '' }],
    });
    for (const topic of ['Bearer', 'RFC 9457', 'ETag', 'next_cursor', 'MessagePack', 'time_zone']) {
      expect(document.info.description).toContain(topic);
    }
    expect(document.components.securitySchemes.bearer?.description).toBeTruthy();
    expect(document.components.securitySchemes.password).toMatchObject({
      type: 'oauth2',
      flows: { password: { tokenUrl: '/api/auth/login' } },
    });
  });

  it('gives every operation a readable id of its own, a summary, a description and one described tag', () => {
    const tags = document.tags.filter(({ description }) => description).map(({ name }) => name);
    expect(wrong(({ operationId }) => !/^[a-z]+([A-Z][a-z]+)*$/.test(operationId))).toEqual([]);
    expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
    expect(wrong(({ summary, description }) => !summary || !description)).toEqual([]);
    expect(wrong((operation) => operation.tags.length !== 1 || !tags.includes(operation.tags[0]!))).toEqual([]);
  });

  it('describes every parameter, with an example; only those of required ones are sent by tools', () => {
    const problems = wrong(({ parameters }) =>
      parameters
        .map((parameter) => {
          const { name, description, schema, example, required = false } = parameter;
          if (!description) return `${name}: no description`;
          if (Object.keys(schema).length === 0) return `${name}: no type`;
          if (required) return example === undefined ? `${name}: no example` : fits(schema, example);
          if ('example' in parameter || 'example' in schema || 'default' in schema) return `${name}: would be sent`;
          return /Example: `.+`\.$/.test(description) ? null : `${name}: no example in the description`;
        })
        .find(Boolean),
    );
    expect(problems).toEqual([]);
  });

  it('names path parameters in the order of the path', () => {
    const problems = wrong(({ parameters }, path) => {
      const named = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`);
      return named.join() !== (path.match(/\{\w+\}/g) ?? []).join();
    });
    expect(problems).toEqual([]);
  });

  it('has an example for every body in every format, and each fits its own schema', () => {
    const problems = wrong((operation) =>
      bodies(operation)
        .flatMap(([name, body]) =>
          Object.entries(body.content ?? {}).map(([type, { schema, example }]) => {
            const found = example === undefined ? 'no example' : fits(schema, example);
            return found && `${name} ${type}: ${found}`;
          }),
        )
        .filter(Boolean)
        .join('; '),
    );
    expect(problems).toEqual([]);
  });

  it('offers MessagePack beside JSON for requests, answers and problems under /api', () => {
    const problems = wrong(
      (operation, path) =>
        path.startsWith('/api/') &&
        bodies(operation)
          // These are text by their nature.
          .filter(([, { content }]) => content && !(MESSAGE_PACK in content) && !TEXTS.some((type) => type in content))
          .map(([name]) => name)
          .join(),
    );
    expect(problems).toEqual([]);
  });

  it('types every refusal as a problem of that status', () => {
    const problems = wrong(({ responses }) =>
      Object.entries(responses)
        .filter(([status]) => status >= '400')
        .map(([status, { content }]) => {
          const example = content?.[PROBLEM]?.example as { status?: number; type?: string; code?: string } | undefined;
          const fitting = example?.status === Number(status) && example.type === `/problems/${example.code}`;
          return fitting ? null : status;
        })
        .find(Boolean),
    );
    expect(problems).toEqual([]);
  });

  it('names the refusals that every operation under /api has, and those of every body', () => {
    const problems = wrong(({ requestBody, responses }, path) => {
      if (!path.startsWith('/api/')) return null;
      const expected = ['406', '503', ...(requestBody ? ['400', '413', '415', '422'] : [])];
      return expected.filter((status) => !(status in responses)).join();
    });
    expect(problems).toEqual([]);
  });

  it('demands a token everywhere but for signing up, signing in, links in mails and calendars, the health probes and the metrics', () => {
    const open = operations.filter(({ operation }) => operation.security.length === 0).map(({ id }) => id);
    expect(open.sort()).toEqual([
      'acceptInvitation',
      'confirmPasswordReset',
      'getFeed',
      'getLiveness',
      'getMetrics',
      'getReadiness',
      'login',
      'refresh',
      'register',
      'requestPasswordReset',
      'verifyEmail',
    ]);
    const problems = wrong(({ security, responses }) => security.length > 0 && !('401' in responses));
    const optional = operations.filter(({ operation }) =>
      operation.security.some((one) => Object.keys(one).length === 0),
    );
    expect(optional.map(({ id }) => id)).toEqual(['logout']);
    expect(problems).toEqual([]);
  });

  it('promises the request id on every answer, and the headers that belong to a status', () => {
    const without = (status: string, header: string): unknown[] =>
      wrong(({ responses }) => responses[status] && !(header in (responses[status].headers ?? {})));
    const anywhere = wrong(({ responses }) =>
      Object.values(responses).some(({ headers = {} }) => !('X-Request-Id' in headers)),
    );
    expect(anywhere).toEqual([]);
    expect(without('401', 'WWW-Authenticate')).toEqual([]);
    expect(without('503', 'Retry-After')).toEqual([]);
    expect(document.paths['/api/events']?.post?.responses['201']?.headers).toMatchObject({ ETag: {}, Location: {} });
    expect(document.paths['/api/events']?.get?.responses['200']?.headers).toMatchObject({ Link: {} });
  });

  it('declares which bodies are optional', () => {
    const optional = operations.filter(({ operation }) => operation.requestBody?.required === false);
    const ids = ['logout', 'purgeTrash', 'readAllNotifications', 'restoreEvent'];
    ids.push('revertChange', 'rollbackEvent', 'undoChange');
    expect(optional.map(({ id }) => id).sort()).toEqual(ids);
  });

  it.each([
    ['createEvents', { start_time: '2026-06-01', end_time: '2026-06-02', title: 'Trip' }, 'events', false],
    ['shareEvent', { username: 'ben', role: 'viewer' }, 'users', true],
  ])('takes the short forms of the body of %s, and no others', (id, entry, member, single) => {
    const { schema } = operations.find((found) => found.id === id)!.operation.requestBody!.content![MESSAGE_PACK]!;
    expect(fits(schema, { [member]: [entry] })).toBeNull();
    expect(fits(schema, [entry])).toBeNull();
    expect(fits(schema, entry) === null).toBe(single);
    expect(fits(schema, [])).not.toBeNull();
  });

  it('lets no request have properties that it does not name, and every response have more', async () => {
    const { schemas } = document.components;
    const isClosed = (name: string): boolean =>
      (schemas[name] as { additionalProperties?: boolean }).additionalProperties === false;
    const names = Object.keys(schemas);
    expect(names.filter((name) => /(Body|Entry)$/.test(name) && !isClosed(name))).toEqual([]);
    expect(names.filter((name) => /(View|Problem)$/.test(name) && isClosed(name))).toEqual([]);
    const [post] = operations.filter(({ id }) => id === 'createEvent');
    const { requestBody, responses } = post!.operation;
    const body = requestBody!.content!['application/json']!;
    const event = responses['201']!.content!['application/json']!;
    expect(fits(body.schema, { ...(body.example as object), colour: 'red' })).toMatch(/additional/);
    expect(fits(event.schema, { ...(event.example as object), colour: 'red' })).toBeNull();
  });

  it('has one schema for each problem; the code tells those of one status apart', () => {
    const problems = wrong(({ responses }) =>
      Object.entries(responses)
        .filter(([status]) => status >= '400')
        .map(([status, { content, description }]) => {
          const schema = content![PROBLEM]!.schema as {
            $ref?: string;
            oneOf?: { $ref: string }[];
            discriminator?: { propertyName: string; mapping: Record<string, string> };
          };
          const references = schema.oneOf?.map(({ $ref }) => $ref) ?? [schema.$ref!];
          const codes = references.map(($ref) => {
            const { properties } = document.components.schemas[$ref.split('/').at(-1)!] as {
              properties: { code: { enum: string[] }; status: { enum: number[] } };
            };
            return properties.status.enum.join() === status ? properties.code.enum.join() : `not ${status}`;
          });
          if (codes.some((code) => !description!.includes(`\`${code}\``))) return `${status}: ${codes.join()}`;
          if (references.length === 1) return null;
          const { propertyName, mapping } = schema.discriminator!;
          const expected = Object.fromEntries(codes.map((code, index) => [code, references[index]]));
          return propertyName === 'code' && isDeepStrictEqual(mapping, expected) ? null : `${status}: mapping`;
        })
        .find(Boolean),
    );
    expect(problems).toEqual([]);
  });

  it('names paths in lower case, with hyphens', () => {
    expect(wrong((_, path) => !/^(\/([a-z]+(-[a-z]+)*|\{\w+\})(\.ics)?)+$/.test(path))).toEqual([]);
  });

  it('names every body', () => {
    expect(
      wrong(({ requestBody }) => Object.values(requestBody?.content ?? {}).some(({ schema }) => !('$ref' in schema))),
    ).toEqual([]);
  });

  it('documents dry runs beside the responses of the real call', () => {
    const dry = operations.filter(({ operation }) => operation.parameters.some(({ name }) => name === 'dry_run'));
    expect(dry.length).toBeGreaterThan(10);
    for (const { id, operation } of dry) {
      // An import may go on after the response.
      const successes = Object.keys(operation.responses).filter((status) => status.startsWith('2') && status !== '202');
      expect([id, successes.length]).toEqual([id, 1]);
      const real = operation.responses[successes[0]!]!.content?.['application/json']?.schema;
      expect([id, real === undefined || '$ref' in real]).toEqual([id, true]);
      // The report of an import says by itself whether it was one.
      if (id === 'importCalendar') continue;
      const response = operation['x-dry-run-response']!;
      expect(response.headers).toMatchObject({ 'Convene-Dry-Run': {} });
      expect(Object.keys(response.content!)).toEqual(['application/json', 'application/msgpack']);
    }
  });

  it('has no more than one screen of prose before the first operation', () => {
    expect(document.info.description.split('\n').length).toBeLessThanOrEqual(30);
    expect(document.info.description.length).toBeLessThan(2_000);
  });

  it('makes the tests refuse an answer with an undocumented member, in data and in problems', async () => {
    const contract = new ResponseContract(document);
    const check = async (status: number, type: string, body: object): Promise<void> =>
      contract.check(
        'GET',
        `${app.url}/api/auth/me`,
        new Response(JSON.stringify(body), { status, headers: { 'content-type': type } }),
      );
    const { responses } = document.paths['/api/auth/me']!.get!;
    const me = responses['200']!.content!['application/json']!.example as object;
    const problem = responses['401']!.content![PROBLEM]!.example as object;
    await check(200, 'application/json', me);
    await check(401, PROBLEM, problem);
    await expect(check(200, 'application/json', { ...me, password_hash: 'x' })).rejects.toThrow(/additional/);
    await expect(check(401, PROBLEM, { ...problem, stack: 'x' })).rejects.toThrow(/additional/);
  });

  it('is the one that the SDK is made from (`npm run openapi` renews it)', () => {
    const committed = readFileSync('sdk/openapi.json', 'utf8');
    expect(document).toEqual(
      JSON.parse(atOrigin(committed, EXAMPLE_HOST, { protocol: 'http', host: new URL(app.url).host })),
    );
  });

  it('is linted without errors and warnings', async () => {
    const run = promisify(execFile)('npm', ['run', 'openapi:lint'], { encoding: 'utf8' });
    const { stdout, stderr } = await run;
    expect(`${stdout}${stderr}`).toContain('Your API description is valid');
    expect(`${stdout}${stderr}`).not.toMatch(/\d+ (warning|error)/);
  });
});
