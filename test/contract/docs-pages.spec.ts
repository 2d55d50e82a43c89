import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VENDORED } from '../../src/platform/docs/docs-vendor.js';
import { guideFile } from '../../src/platform/docs/guide.js';
import { PROBLEMS } from '../../src/problems/problem-catalogue.js';
import { buildServer } from '../support/build.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const get = (path: string, accept = 'text/html'): Promise<Response> =>
  fetch(new URL(path, app.url), { headers: { accept } });

const policy = async (path: string): Promise<string> => (await get(path)).headers.get('content-security-policy') ?? '';

/** Everything that a page would load. */
const resources = (html: string): string[] =>
  [...html.matchAll(/<(?:script|link|img|iframe)[^>]*\s(?:src|href)="([^"]*)"/g)].map(([, address]) => address!);

const PAGES = ['/docs', '/swagger', '/api/docs', '/redoc', '/api/redoc', '/docs/realtime', '/problems/not_found'];

describe('the documentation pages', () => {
  it.each([...PAGES, '/about', '/guide', '/guide/time', '/guide/glossary'])(
    '%s is a page that loads everything from here',
    async (path) => {
      const response = await get(path);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      const html = await response.text();
      expect(html).not.toMatch(/<(script|link|img|iframe)[^>]*(src|href)="(https?:)?\/\//);
      expect(html).not.toMatch(/<script>|<style|<[^>]+\s(style|on\w+)=/);
      const loaded = resources(html).filter((address) => !address.startsWith('data:'));
      expect(loaded.length).toBeGreaterThan(0);
      for (const address of loaded) {
        const asset = await get(address, '*/*');
        expect([address, asset.status]).toEqual([address, 200]);
        expect(asset.headers.get('content-type')).toMatch(/^text\/(javascript|css); charset=utf-8$/);
        expect((await asset.text()).length).toBeGreaterThan(10);
      }
    },
  );

  it.each([
    ['/swagger', '/docs'],
    ['/api/docs', '/docs'],
    ['/api/redoc', '/redoc'],
  ])('%s is the same page as %s', async (alias, path) => {
    expect(await (await get(alias)).text()).toBe(await (await get(path)).text());
  });

  it('let only Redoc make a worker of its own, and nobody run scripts written into the page', async () => {
    expect(await policy('/redoc')).toContain('worker-src blob:');
    for (const path of ['/docs', '/docs/realtime', '/problems/not_found', '/openapi.json', '/asyncapi.json']) {
      expect(await policy(path)).not.toContain('blob:');
    }
    for (const path of ['/docs', '/redoc']) {
      expect(await policy(path)).toContain("script-src 'self';");
      expect(await policy(path)).not.toMatch(/https:|unsafe-eval/);
    }
  });

  it.each(['/about', '/docs/realtime', '/problems/not_found'])('%s runs no script at all', async (path) => {
    expect(await (await get(path)).text()).not.toContain('<script');
    expect(await policy(path)).toContain("default-src 'none';");
    expect(await policy(path)).not.toMatch(/script-src|unsafe|https:/);
  });
});

describe('the files of the documentation pages', () => {
  it('may be kept for an hour, and cost nothing while they are the same', async () => {
    for (const file of ['redoc.js', 'swagger-ui.css', 'realtime.css']) {
      const first = await get(`/docs/assets/${file}`, '*/*');
      expect(first.headers.get('cache-control')).toBe('public, max-age=3600');
      const tag = first.headers.get('etag')!;
      expect(tag).toMatch(/^"[\w-]{22}"$/);
      const again = await fetch(first.url, { headers: { 'if-none-match': tag } });
      expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, tag, '']);
      const other = await fetch(first.url, { headers: { 'if-none-match': '"other"' } });
      expect([other.status, (await other.text()).length > 10]).toEqual([200, true]);
    }
  });

  it('hold no request for the logo that Redoc would fetch elsewhere', async () => {
    expect(await (await get('/docs/assets/redoc.js', '*/*')).text()).not.toContain('cdn.redoc.ly');
  });

  it('include the licences of what others made', async () => {
    for (const file of ['redoc.standalone.js.LICENSE.txt', 'swagger-ui-bundle.js.LICENSE.txt']) {
      const response = await get(`/docs/assets/${file}`, '*/*');
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(await response.text()).toContain('MIT');
    }
  });

  it('are all in the folder of the built server', async () => {
    await buildServer();
    for (const name of [
      ...VENDORED,
      'guide-search.js',
      'guide.css',
      'page.css',
      'realtime.css',
      'realtime-tables.css',
      'reference.css',
      'refused.css',
      'start-redoc.js',
      'start-swagger.js',
    ]) {
      const built = await readFile(`dist/src/platform/docs/assets/${name}`, 'utf8');
      expect(built).toBe(await (await get(`/docs/assets/${name}`, '*/*')).text());
    }
  });

  it.each(['nothing.js', '..%2f..%2fpackage.json', 'constructor'])('are not %s', async (file) => {
    const response = await get(`/docs/assets/${file}`, '*/*');
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });
});

describe('GET /openapi.json and /openapi.yaml', () => {
  it.each(['/openapi.json', '/openapi.yaml', '/convene.postman_collection.json', '/convene.http'])(
    '%s has the address at which it was requested',
    async (path) => {
      const response = await get(path, '*/*');
      const text = await response.text();
      expect(text).toContain(new URL(response.url).origin);
      expect(text).not.toMatch(/(?:localhost|127\.0\.0\.1):3000/);
      expect(response.headers.get('cache-control')).toBe('no-cache');
    },
  );

  it('serve the same document in both spellings', async () => {
    const json = await get('/openapi.json', 'application/json');
    const yaml = await get('/openapi.yaml', '*/*');
    expect([json.status, yaml.status]).toEqual([200, 200]);
    expect(json.headers.get('content-type')).toMatch(/^application\/json/);
    expect(yaml.headers.get('content-type')).toMatch(/yaml/);
    const { info, paths } = (await json.json()) as { info: { title: string }; paths: Record<string, object> };
    const text = await yaml.text();
    expect(text).toContain(`title: ${info.title}`);
    for (const path of Object.keys(paths)) expect(text).toMatch(new RegExp(`^ {2}['"]?${escaped(path)}['"]?:$`, 'm'));
  });
});

describe('the guide', () => {
  const hrefs = (html: string): string[] =>
    [...html.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, address]) => address!.replaceAll('&amp;', '&'));

  it('has a page for each file, and every link of every page leads to a place that exists', async () => {
    const names = (await readdir('docs/guide')).map((name) => name.replace('.md', ''));
    const pages = new Map<string, string>();
    const read = async (path: string): Promise<string> => {
      if (!pages.has(path)) {
        const response = await get(path);
        expect([path, response.status]).toEqual([path, 200]);
        pages.set(path, await response.text());
      }
      return pages.get(path)!;
    };
    const contents = hrefs(await read('/guide'));
    expect(contents).toEqual(expect.arrayContaining([...names, 'glossary'].map((name) => `/guide/${name}`)));
    for (const path of ['/about', '/guide', ...names.map((name) => `/guide/${name}`)]) {
      for (const address of hrefs(await read(path))) {
        if (/^https?:/.test(address)) continue;
        const [target = '', anchor] = address.split('#');
        const html = await read(target || path);
        if (anchor) expect([path, address, html.includes(`id="${anchor}"`)]).toEqual([path, address, true]);
      }
    }
  });

  it('leads from the code of a problem to its page, and back', async () => {
    expect(await (await get('/guide/limits')).text()).toContain('<a href="/problems/rate_limited">');
    expect(hrefs(await (await get('/problems/rate_limited')).text())).toContain('/guide');
  });

  it.each(['nothing', 'constructor', '..%2fREADME', 'Time', 'contents%00'])('has no page %s', async (name) => {
    expect((await get(`/guide/${name}`)).status).toBe(404);
  });

  it('is made by the build as the source has it', async () => {
    await buildServer();
    for (const name of ['', 'time']) {
      const built = await readFile(`dist/src/platform/openapi/prepared/${guideFile(name)}`, 'utf8');
      expect(built).toBe(await (await get(`/guide/${name}`)).text());
    }
  });
});

describe('an address that is refused', () => {
  const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';

  it.each(['/nowhere', '/nowhere/else?q=<b>', '/guide/nothing', '/problems/nothing', '/docs/assets/nothing.js'])(
    'is a page with a way home in a browser, and a document for programs: %s',
    async (path) => {
      const page = await get(path, BROWSER);
      expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
      expect(page.headers.get('cache-control')).toBe('no-store');
      const html = await page.text();
      expect(html).toContain('<h1>There is nothing at this address</h1>');
      expect(html).toContain('<a class="way" href="/">');
      expect(html).toContain(page.headers.get('x-request-id'));
      // Nothing of what was asked for, which somebody else may have written.
      expect(html).not.toContain('<b>');
      for (const accept of ['*/*', 'application/json', 'application/json, text/html', 'text/html;q=0.5, */*']) {
        const document = await get(path, accept);
        expect([document.status, document.headers.get('content-type')]).toEqual([
          404,
          'application/problem+json; charset=utf-8',
        ]);
        expect(await document.json()).toMatchObject({ code: 'not_found' });
      }
    },
  );

  it('is a page when it cannot be parsed, or has no such method', async () => {
    for (const [path, method, status, title] of [
      ['/%', 'GET', 400, 'Bad request'],
      ['/api/nowhere', 'GET', 404, null],
      ['/feeds/nobody.ics', 'GET', 404, null],
      ['/nowhere', 'POST', 404, null],
      ['/mcp', 'GET', 405, 'Method not allowed'],
    ] as const) {
      const response = await fetch(app.url + path, { method, headers: { accept: BROWSER } });
      expect([path, method, response.status]).toEqual([path, method, status]);
      const text = await response.text();
      if (title === null) expect(JSON.parse(text)).toMatchObject({ status });
      else expect([path, text.includes('<a class="way" href="/">')]).toEqual([path, true]);
    }
  });

  it('is a page without a body for HEAD', async () => {
    const response = await fetch(`${app.url}/nowhere`, { method: 'HEAD', headers: { accept: BROWSER } });
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  });
});

describe('GET /problems/:code', () => {
  it.each(Object.entries(PROBLEMS))('explains %s', async (code, { title, status, help }) => {
    const response = await get(`/problems/${code}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const text = textOf(await response.text());
    for (const part of [title, String(status), code, help.replaceAll('`', '')]) expect(text).toContain(part);
  });

  it.each(['nothing', 'constructor', '__proto__', '%3Cscript%3E'])('does not know %s', async (code) => {
    const response = await get(`/problems/${code}`, '*/*');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'not_found', status: 404 });
  });

  it('is where the type of a problem leads', async () => {
    const { type } = (await (await get('/api/events', 'application/json')).json()) as { type: string };
    expect(type).toBe('/problems/unauthenticated');
    expect((await get(type)).status).toBe(200);
  });
});

const escaped = (text: string): string => text.replace(/[{}/.]/g, String.raw`\$&`);

const textOf = (html: string): string =>
  html
    .replace(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
