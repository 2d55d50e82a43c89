import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../support/requests.js';
import { startApp, type TestApp } from '../support/test-app.js';

const GUIDE = new URL('../../docs/guide/', import.meta.url);

/** One `http` block: a request, and after the arrow what comes back, each with headers and a body if it has them. */
interface Example {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  status: number;
  answerHeaders: Record<string, string>;
  answer: string;
}

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

// The guide to scheduling needs several people with calendars of their own; test/api/find-time and free-busy have them.
describe.each(['accounts.md', 'time.md', 'history.md'])('the examples of docs/guide/%s', (name) => {
  const sections = readFileSync(new URL(name, GUIDE), 'utf8').split(/^## /m).slice(1);

  it.each(sections.map((text) => [text.slice(0, text.indexOf('\n')), text]))('%s', async (_title, text) => {
    const [reader, ben] = [await app.signUp('reader', 'Europe/Paris'), await app.signUp('ben')];
    const names: Record<string, string> = { ben: ben.username };
    const filled = (template: string): string =>
      template.replace(/\{(\w+)\}/g, (_, known: string) => names[known] ?? `no ${known}`);
    for (const { method, path, headers, body, status, answerHeaders, answer } of examplesOf(text)) {
      const { authorization, ...others } = headers;
      const as = authorization === 'Bearer {ben}' ? ben : reader;
      const sent = body ? filled(body) : undefined;
      const found = await send(app, filled(path), { as, method, body: sent, headers: others });
      const request = `${method} ${path}`;
      expect({ request, status: found.status }).toEqual({ request, status });
      for (const [header, value] of Object.entries(answerHeaders)) {
        const came = found.headers.get(header) ?? '';
        // An ellipsis stands for what differs from run to run.
        const [start, end] = value.split('…');
        if (end === undefined) expect(came, header).toBe(value);
        else expect([came.startsWith(start!), came.endsWith(end)], header).toEqual([true, true]);
      }
      if (answer.startsWith('{')) expect(found.json, request).toMatchObject(JSON.parse(filled(answer)) as object);
      else if (answer) expect(found.bytes.toString().trimEnd()).toBe(answer);
      if (method === 'POST' && status === 201)
        Object.assign(names, { id: found.json.id, created_at: found.json.created_at });
      if (found.json?.split_from) names['tail'] = found.json.id;
      if (found.json?.sync_token) names['sync_token'] = found.json.sync_token;
    }
    expect(text.match(/^```http$/gm)?.length ?? 0).toBe(examplesOf(text).length);
  });
});

function examplesOf(text: string): Example[] {
  const blocks = text.matchAll(/^```http\n(\w+) (\S+)\n(.*?)\n?\n→ (\d+)\n(.*?)```$/gms);
  return [...blocks].map(([, method, path, request, status, answer]) => {
    const [sent, expected] = [partsOf(request!), partsOf(answer!)];
    return {
      method: method!,
      path: path!,
      headers: sent.headers,
      body: sent.body,
      status: Number(status),
      answerHeaders: expected.headers,
      answer: expected.body,
    };
  });
}

/** Header lines, and whatever comes after them. */
function partsOf(text: string): { headers: Record<string, string>; body: string } {
  const lines = text.split('\n');
  const isHeader = (line: string): boolean => /^[A-Z][\w-]*: /.test(line);
  const end = lines.findIndex((line) => !isHeader(line));
  const headers = lines
    .slice(0, end === -1 ? undefined : end)
    .map((line) => line.split(/: (.*)/, 2) as [string, string]);
  return {
    headers: Object.fromEntries(headers.map(([header, value]) => [header.toLowerCase(), value])),
    body: end === -1 ? '' : lines.slice(end).join('\n').trim(),
  };
}
