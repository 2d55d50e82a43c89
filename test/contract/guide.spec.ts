import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../support/requests.js';
import { startApp, type TestApp } from '../support/test-app.js';

const GUIDE = new URL('../../docs/guide/', import.meta.url);

/** One `http` block: a request line, a body if it has one, and after the arrow what comes back. */
interface Example {
  method: string;
  path: string;
  body: unknown;
  status: number;
  answer: unknown;
}

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

describe.each(readdirSync(GUIDE).filter((name) => name.endsWith('.md')))('the examples of docs/guide/%s', (name) => {
  const sections = readFileSync(new URL(name, GUIDE), 'utf8').split(/^## /m).slice(1);

  it.each(sections.map((text) => [text.slice(0, text.indexOf('\n')), text]))('%s', async (_title, text) => {
    const person = await app.signUp('reader', 'Europe/Paris');
    const names: Record<string, string> = {};
    for (const { method, path, body, status, answer } of examplesOf(text)) {
      const target = path.replace(/\{(\w+)\}/g, (_, known: string) => names[known] ?? `no ${known}`);
      const found = await send(app, target, { as: person, method, body });
      expect({ request: `${method} ${path}`, status: found.status }).toEqual({ request: `${method} ${path}`, status });
      if (answer !== undefined) expect(found.json).toMatchObject(answer as object);
      if (method === 'POST' && status === 201) names['id'] = found.json.id;
      if (found.json?.split_from) names['tail'] = found.json.id;
    }
    expect(text.match(/^```http$/gm)?.length ?? 0).toBe(examplesOf(text).length);
  });
});

function examplesOf(text: string): Example[] {
  const blocks = text.matchAll(/^```http\n(\w+) (\S+)\n(?:(\{.*?\})\n)?\n→ (\d+)\n(?:(\{.*?\})\n)?```$/gms);
  return [...blocks].map(([, method, path, body, status, answer]) => ({
    method: method!,
    path: path!,
    body: body && JSON.parse(body),
    status: Number(status),
    answer: answer && JSON.parse(answer),
  }));
}
