import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/test-app.js';

const run = promisify(execFile);
const bin = (name: string): string => resolve('node_modules/.bin', name);

/** Clients that others generate from the document, and a short program that somebody would write with each. */
const CLIENTS: Record<string, { generate: (document: string, folder: string) => [string, string[]]; program: string }> =
  {
    'openapi-typescript': {
      generate: (document, folder) => [bin('openapi-typescript'), [document, '-o', join(folder, 'client.ts')]],
      program: `
import type { components, paths } from './client.js';
type Created = paths['/api/events']['post']['responses'][201]['content']['application/json'];
type Updated = paths['/api/events/{id}']['put']['responses'][200]['content']['application/json'];
type Conflict = paths['/api/events']['post']['responses'][409]['content']['application/problem+json'];
const [baseUrl, token] = process.argv.slice(2);
const send = async <T>(method: string, path: string, body: object): Promise<T> => (await (await fetch(baseUrl + path, { method,
  headers: { authorization: 'Bearer ' + token, 'content-type': 'application/json' }, body: JSON.stringify(body) })).json()) as T;
const body: components['schemas']['CreateEventBody'] = { title: 'One', start_time: '2026-06-01T10:00:00Z', end_time: '2026-06-01T11:00:00Z' };
const created = await send<Created>('POST', '/api/events', body);
const changes: components['schemas']['UpdateEventBody'] = { ...created, title: 'Two' };
const updated = await send<Updated>('PUT', '/api/events/' + created.id, changes);
const problem = await send<Conflict>('POST', '/api/events', body);
const clash: string | null = problem.code === 'event_conflict' ? problem.conflicts[0]!.title : problem.title;
console.log(created.title, updated.title, updated.version, clash);`,
    },
    'swagger-typescript-api': {
      generate: (document, folder) => [
        bin('swagger-typescript-api'),
        ['generate', '--silent', '-p', document, '-o', folder, '-n', 'client.ts'],
      ],
      program: `
import { Api, type EventConflictProblem } from './client.js';
const [baseUrl, token] = process.argv.slice(2);
const { api } = new Api({ baseUrl: baseUrl!, baseApiParams: { headers: { authorization: 'Bearer ' + token } } });
const body = { title: 'One', start_time: '2026-06-01T10:00:00Z', end_time: '2026-06-01T11:00:00Z' };
const created = (await api.createEvent(body)).data;
const updated = (await api.updateEvent(created.id, { ...created, title: 'Two' })).data;
const problem = await api.createEvent(body).then(() => null, (response: { error: EventConflictProblem }) => response.error);
const title: string = updated.title;
console.log(created.title, title, updated.version, problem?.conflicts[0]!.title);`,
    },
  };

const COMPILER = [
  '--ignoreConfig',
  '--strict',
  '--skipLibCheck',
  '--target',
  'es2022',
  '--module',
  'nodenext',
  '--types',
  'node',
];

describe('a client that others generate', () => {
  let app: TestApp;
  let folder: string;
  beforeAll(async () => {
    app = await startApp();
    folder = mkdtempSync(join(tmpdir(), 'convene-clients-'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  });

  it.each(Object.entries(CLIENTS))(
    'with %s compiles, and a short program works',
    async (name, { generate, program }) => {
      const [own, person] = [join(folder, name), await app.signUp()];
      mkdirSync(own);
      writeFileSync(join(own, 'program.ts'), program);
      await run(...generate(resolve('sdk/openapi.json'), own));
      const roots = ['--typeRoots', resolve('node_modules/@types'), '--rootDir', own];
      await run(bin('tsc'), [...COMPILER, ...roots, join(own, 'program.ts')]).catch((error: { stdout: string }) => {
        throw new Error(error.stdout);
      });
      const { stdout } = await run(process.execPath, [join(own, 'program.js'), app.url, person.accessToken]);
      expect(stdout.trim()).toBe('One Two 2 Two');
    },
    240_000,
  );
});
