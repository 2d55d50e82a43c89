import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AsyncApiDocument } from '../../src/live/asyncapi-document.js';
import { atOrigin, EXAMPLE_HOST } from '../../src/platform/openapi/at-origin.js';
import { asyncApiPage } from '../../src/platform/docs/asyncapi-page.js';
import { startApp, type TestApp } from '../support/test-app.js';

describe('GET /docs/realtime', () => {
  let app: TestApp;
  let document: AsyncApiDocument;
  let html: string;
  beforeAll(async () => {
    app = await startApp();
    document = (await (await fetch(`${app.url}/asyncapi.json`)).json()) as AsyncApiDocument;
    html = await (await fetch(`${app.url}/docs/realtime`)).text();
  });
  afterAll(() => app.close());

  it('has every connection, operation and message of the document, at an anchor', () => {
    for (const [channel, { address, messages, title }] of Object.entries(document.channels)) {
      expect(html).toContain(`<section id="${channel}"`);
      expect(html).toContain(`>${title}</h2>`);
      expect(html).toContain(`${new URL(app.url).host}${address}</code>`);
      for (const name of Object.keys(messages)) expect(html).toContain(`<article id="${channel}-${name}"`);
    }
    for (const name of Object.keys(document.operations)) expect(html).toContain(`<tr id="${name}">`);
  });

  it('shows title, summary, fields and examples of every message', () => {
    for (const [channel, { messages }] of Object.entries(document.channels)) {
      for (const [name, { examples, summary, title }] of Object.entries(messages)) {
        const article = textOf(elementAt(`${channel}-${name}`, 'article'));
        expect(article).toContain(title);
        expect(article).toContain(summary.replaceAll('`', ''));
        for (const { headers, payload } of examples) {
          for (const part of [headers, payload]) {
            if (part === undefined) continue;
            expect(article).toContain(JSON.stringify(part, null, 2));
            for (const field of namesIn(part)) expect(article).toMatch(new RegExp(`^ *(.*[.])?${field}$`, 'm'));
          }
        }
      }
    }
  });

  it('says who sends a message, and what acknowledges it', () => {
    expect(elementAt('socketIo-ready', 'article')).toContain('Server to client · application/json');
    expect(elementAt('webSocket-resume', 'article')).toContain('Client to server · application/json');
    expect(elementAt('webSocket-resumeAcknowledged', 'article')).toContain('Server to client, as an acknowledgement');
    expect(elementAt('socketIoResume', 'tr')).toContain('href="#socketIo-resumeAcknowledged"');
    expect(html).not.toContain('In either direction');
  });

  it('says of every connection how to authenticate, in each of its ways', () => {
    for (const [channel, { servers }] of Object.entries(document.channels)) {
      const section = textOf(elementAt(channel, 'section'));
      const server = document.servers[servers[0]!.$ref.replace('#/servers/', '')]!;
      for (const { $ref } of server.security) {
        const { description } = document.components.securitySchemes[$ref.split('/').at(-1)!]!;
        expect(section).toContain(description.replaceAll('`', ''));
      }
    }
  });

  it('renders the Markdown of the introduction', () => {
    for (const title of ['Receiving every change', 'Signing in', 'Why a connection ends', 'Limits'])
      expect(html).toContain(`>${title}</h2>`);
    expect(html).not.toMatch(/\*\*|^## |\| --- \|/m);
  });

  it('has no link to nowhere, and no anchor twice', () => {
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(ids).toEqual([...new Set(ids)]);
    const targets = [...html.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
    expect(targets.length).toBeGreaterThan(50);
    expect(targets.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('shows what the document says as text, whatever it contains', () => {
    const hostile = `<img src=x onerror="alert('1')">`;
    const tainted = JSON.parse(JSON.stringify(document), (_key, value: unknown) =>
      typeof value === 'string' && !value.startsWith('#/') && !['send', 'receive', 'string', 'object'].includes(value)
        ? `${value}${hostile}`
        : value,
    ) as AsyncApiDocument;
    const page = asyncApiPage(tainted);
    expect(page).toContain('&lt;img src=x onerror=');
    expect(page).not.toContain('<img');
  });

  it('names the host that was asked, when it is one', () => {
    const example = document.servers.webSocket!.variables!.host!.default;
    expect(html).toContain(`ws://${new URL(app.url).host}/ws/notifications`);
    expect(html).not.toContain(EXAMPLE_HOST);
    expect(atOrigin(asyncApiPage(document), example, { protocol: 'https', host: 'a.example' })).toContain(
      'wss://a.example/ws/notifications',
    );
  });

  /** The element with that id, up to the first end of such an element after it. */
  function elementAt(id: string, name: string): string {
    const start = html.indexOf(`<${name} id="${id}"`);
    return html.slice(start, html.indexOf(`</${name}>`, start));
  }
});

/** The names of all members, also of those inside. */
function namesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...namesIn(inner)]);
}

const textOf = (html: string): string =>
  html
    .replace(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
