import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildServer } from '../support/build.js';
import { startApp, type TestApp } from '../support/test-app.js';

interface Chunk {
  file: string;
  isEntry?: boolean;
  imports?: string[];
  css?: string[];
  assets?: string[];
}

const DIST = new URL('../../dist/web/', import.meta.url);

let app: TestApp;
let chunks: Record<string, Chunk>;
beforeAll(async () => {
  await buildServer();
  app = await startApp();
  chunks = JSON.parse(readFileSync(new URL('manifest.json', DIST), 'utf8')) as Record<string, Chunk>;
});
afterAll(() => app?.close());

const kib = (files: Iterable<string>): number =>
  [...files].reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, DIST)), { level: 9 }).length, 0) / 1_024;

/** The chunk and all that it cannot run without. */
function withImports(name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  for (const imported of chunks[name]!.imports ?? []) withImports(imported, found);
  return found;
}

describe('the files of the dashboard', () => {
  it('keep the script within 170 KiB in all, and within 90 for the first paint', () => {
    const all = new Set(
      Object.values(chunks)
        .map(({ file }) => file)
        .filter((file) => file.endsWith('.js')),
    );
    const entry = Object.keys(chunks).find((name) => chunks[name]!.isEntry)!;
    const first = new Set([...withImports(entry), ...withImports('shell/app.tsx')].map((name) => chunks[name]!.file));
    const styles = new Set(Object.values(chunks).flatMap(({ css = [] }) => css));
    const sizes = { all: kib(all), first: kib(first), styles: kib(styles) };
    console.log(
      `Dashboard, gzipped KiB: ${JSON.stringify(sizes, (_, value: unknown) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value))}`,
    );
    expect(sizes.all).toBeLessThanOrEqual(170);
    expect(sizes.first).toBeLessThanOrEqual(90);
    expect(sizes.styles).toBeLessThanOrEqual(20);
  });

  it('are the page for the paths of the dashboard, asked for each time, which runs only what this server sends', async () => {
    for (const path of ['/', '/calendar/week/2026-06-10']) {
      const response = await fetch(app.url + path);
      expect([path, response.status, response.headers.get('content-type')]).toEqual([
        path,
        200,
        'text/html; charset=utf-8',
      ]);
      expect(response.headers.get('cache-control')).toBe('no-cache');
      const policy = response.headers.get('content-security-policy')!;
      expect(policy).toContain("default-src 'self'");
      expect(policy).not.toContain('unsafe');
      const page = await response.text();
      expect(page).not.toMatch(/<style|style=|<script(?![^>]* src=)|https?:\/\//);
    }
    expect((await fetch(`${app.url}/calendars`)).status).toBe(404);
    expect((await fetch(`${app.url}/anything`)).status).toBe(404);
  });

  it('have names for ever, and come compressed to those who take that', async () => {
    const { file } = Object.values(chunks).find(({ isEntry }) => isEntry)!;
    const response = await fetch(`${app.url}/${file}`, { headers: { 'accept-encoding': 'gzip' } });
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(response.headers.get('vary')).toContain('accept-encoding');
    const text = await response.text();
    expect(text).toBe(readFileSync(new URL(file, DIST), 'utf8'));
    const plain = await fetch(`${app.url}/${file}`, { headers: { 'accept-encoding': 'identity' } });
    expect([plain.headers.get('content-encoding'), await plain.text()]).toEqual([null, text]);
    for (const path of ['/web/none.js', '/web/..%2Fserver%2Fstart.js', '/web/manifest.json']) {
      expect([path, (await fetch(app.url + path)).status]).toEqual([path, 404]);
    }
  });
});
