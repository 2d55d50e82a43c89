import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectShown } from '../support/expected-json.js';
import { startMailApp } from '../support/mail-box.js';
import { send } from '../support/requests.js';
import { type Person, type TestApp } from '../support/test-app.js';

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
let close: () => Promise<void>;
beforeAll(async () => void ({ app, close } = await startMailApp()));
afterAll(() => close());

const guides = readdirSync(GUIDE).filter((name) => readFileSync(new URL(name, GUIDE), 'utf8').includes('```http'));

describe.each(guides)('the examples of docs/guide/%s', (name) => {
  const sections = readFileSync(new URL(name, GUIDE), 'utf8').split(/^## /m).slice(1);

  it.each(sections.map((text) => [text.slice(0, text.indexOf('\n')), text]))('%s', async (_title, text) => {
    const reader = await app.signUp('reader', 'Europe/Paris');
    const ben = await app.signUp('ben', 'America/New_York');
    const names: Record<string, string> = { ben: ben.username, ben_id: ben.id };
    if (name === 'scheduling.md') names['cem_id'] = (await meetingOf(reader, ben)).id;
    if (name === 'mail.md') {
      const body = { title: 'Plan', start_time: '2030-06-03T10:00:00', end_time: '2030-06-03T11:00:00' };
      names['event'] = String((await send(app, '/api/events', { as: reader, method: 'POST', body })).json.id);
    }
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
      if (answer.startsWith('{')) expectShown(found.json, JSON.parse(filled(answer)), request);
      else if (answer) expect(found.bytes.toString().trimEnd()).toBe(answer);
      if (method === 'POST' && status === 201)
        Object.assign(names, { id: found.json.id, created_at: found.json.created_at });
      if (found.json?.split_from) names['tail'] = found.json.id;
      if (found.json?.sync_token) names['sync_token'] = found.json.sync_token;
    }
    expect(text.match(/^```http$/gm)?.length ?? 0).toBe(examplesOf(text).length);
  });
});

/** What the guide to scheduling says about its three people. Returns the third. */
async function meetingOf(reader: Person, ben: Person): Promise<Person> {
  const cem = await app.signUp('cem', 'Europe/Paris');
  const create = async (as: Person, title: string, start: string, end: string, show_as = 'busy'): Promise<string> => {
    const body = { title, show_as, start_time: `2030-06-${start}:00Z`, end_time: `2030-06-${end}:00Z` };
    return String((await send(app, '/api/events', { as, method: 'POST', body })).json.id);
  };
  await create(reader, 'Review', '10T09:00', '10T10:00');
  await create(ben, 'Workshop', '03T08:00', '03T10:30');
  await create(ben, 'Dentist', '05T09:00', '05T10:00');
  const shared = await create(reader, 'Project', '01T00:00', '02T00:00', 'free');
  const users = [ben, cem].map(({ id }) => ({ user_id: id, role: 'viewer' }));
  await send(app, `/api/events/${shared}/share`, { as: reader, method: 'POST', body: { users } });
  return cem;
}

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
