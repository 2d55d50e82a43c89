import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXAMPLE_HOST } from '../../src/platform/openapi/at-origin.js';
import { openApiDocument } from '../../src/platform/openapi/openapi-document.js';
import { STORY } from '../../src/platform/openapi/story.js';
import { STORY_FILES } from '../../src/platform/openapi/story-files.js';
import { startApp, type TestApp } from '../support/test-app.js';

const NEWMAN = 'node_modules/newman/bin/newman.js';
const COLLECTION = join('docs/api', STORY_FILES.collection);
const HTTP_FILE = join('docs/api', STORY_FILES.http);

let app: TestApp;
let folder: string;
beforeEach(async () => {
  app = await startApp();
  folder = await mkdtemp(join(tmpdir(), 'convene-story-'));
});
afterEach(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

interface Item {
  name: string;
  item?: Item[];
  request?: { method: string; url: { raw: string } };
}

describe('the story of the API', () => {
  it('runs in newman, request after request, as the collection says', async () => {
    const report = join(folder, 'report.json');
    const options = ['--folder', 'Story', '--env-var', `baseUrl=${app.url}`, '--reporters', 'json'];
    const args = [NEWMAN, 'run', COLLECTION, ...options, '--reporter-json-export', report];
    await promisify(execFile)(process.execPath, args).catch(async (error: Error) => {
      const { run } = JSON.parse(await readFile(report, 'utf8')) as { run: { failures: unknown[] } };
      throw new Error(JSON.stringify(run.failures, ['source', 'name', 'error', 'message'], 2), { cause: error });
    });
    const { run } = JSON.parse(await readFile(report, 'utf8')) as {
      run: { stats: Record<string, { total: number; failed: number }>; failures: unknown[] };
    };
    expect(run.failures).toEqual([]);
    expect(run.stats['requests']).toMatchObject({ total: STORY.length, failed: 0 });
    expect(run.stats['assertions']).toMatchObject({ total: STORY.length, failed: 0 });
  });

  it('runs as the HTTP file says', async () => {
    const [head, ...blocks] = (await readFile(HTTP_FILE, 'utf8')).split(/^### /m);
    const variables = new Map([...head!.matchAll(/^@(\w+) = (.*)$/gm)].map(([, name, value]) => [name!, value!]));
    variables.set('baseUrl', app.url);
    const fill = (text: string): string =>
      text.replace(/\{\{([^}]+)\}\}/g, (_, name: string) => variables.get(name) ?? `no ${name}`);
    expect(blocks).toHaveLength(STORY.length);
    for (const block of blocks) {
      const [request = '', body] = block.trim().split('\n\n');
      const [title = '', ...lines] = request.split('\n');
      const status = Number(/\((\d+)\)$/.exec(title)![1]);
      const [start = '', ...headers] = lines.filter((line) => !/^[@#]/.test(line));
      const [method = '', address = ''] = start.split(' ');
      const response = await app.fetch(fill(address), {
        method,
        headers: headers.map((line) => fill(line).split(/: (.*)/, 2) as [string, string]),
        ...(body ? { body: fill(body) } : {}),
      });
      expect({ title, status: response.status }).toEqual({ title, status });
      const text = await response.text();
      for (const [, name, place] of block.matchAll(/^@(\w+) = \{\{\w+\.response\.body\.\$\.(.+)\}\}$/gm)) {
        const members = place!.split(/[.[\]]+/).filter(Boolean);
        const value = members.reduce(
          (found: unknown, member) => (found as Record<string, unknown>)[member],
          JSON.parse(text),
        );
        variables.set(name!, String(value));
      }
    }
  });

  it('is served, and committed as it is served', async () => {
    for (const [name, type] of [
      [STORY_FILES.collection, 'application/json; charset=utf-8'],
      [STORY_FILES.http, 'text/plain; charset=utf-8'],
    ] as const) {
      const response = await fetch(new URL(`/${name}`, app.url));
      expect(response.headers.get('content-type')).toBe(type);
      const committed = await readFile(join('docs/api', name), 'utf8');
      expect(await response.text()).toBe(committed.replaceAll(EXAMPLE_HOST, new URL(app.url).host));
    }
  });

  it('is in a collection with every operation, in the order of the reference, in which the story comes first', async () => {
    const { item } = JSON.parse(await readFile(COLLECTION, 'utf8')) as { item: Item[] };
    const { paths, tags } = openApiDocument(app.app);
    expect(item.map(({ name }) => name)).toEqual(['Story', ...tags!.map(({ name }) => name)]);
    const known = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map(
        (method) => `${method.toUpperCase()} {{baseUrl}}${path.replace(/\{(\w+)\}/g, ':$1')}`,
      ),
    );
    const listed = item
      .slice(1)
      .flatMap((group) => group.item!.map(({ request }) => `${request!.method} ${request!.url.raw}`));
    expect(listed).toHaveLength(known.length);
    expect([...listed].sort()).toEqual([...known].sort());
    // Sign up, then create, meet a conflict, share, edit, read history, undo, hear of it.
    const groups = tags!.map(({ name }) => name);
    for (const [earlier, later] of [
      ['Accounts', 'Events'],
      ['Events', 'People'],
      ['People', 'History'],
      ['History', 'Notifications'],
    ] as const) {
      expect([earlier, later, groups.indexOf(earlier) < groups.indexOf(later)]).toEqual([earlier, later, true]);
    }
    const events = item.find(({ name }) => name === 'Events')!.item!.map(({ request }) => request!.url.raw);
    expect(events[0]).toBe('{{baseUrl}}/api/events');
  });

  it('has the same people and the same event in all examples', () => {
    const document = openApiDocument(app.app);
    const usernames = new Set<string>();
    const walk = (value: unknown, inExample: boolean): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [name, member] of Object.entries(value)) {
        if (inExample && name === 'username' && typeof member === 'string') usernames.add(member);
        walk(member, inExample || name === 'example');
      }
    };
    walk(document, false);
    expect([...usernames].sort()).toEqual(['ana', 'ben']);
    expect(JSON.stringify(document)).not.toContain('{{');
  });
});
