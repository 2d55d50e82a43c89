import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type * as sdk from '../../sdk/index.js';
import { chromiumPath, unlessMissing } from '../support/chromium.js';
import { CutProxy } from '../support/cut-proxy.js';
import { bundle } from '../support/sdk-bundle.js';
import { clientOf } from '../support/sdk-clients.js';
import { PASSWORD, type Person, startApp, type TestApp } from '../support/test-app.js';
import { PATIENCE_MS } from '../support/patient.js';

/** What the script of the page leaves for the tests. */
declare const page: { convene: sdk.Convene; sdk: typeof sdk; seqs: number[]; ended: string[] };

const MEETING = { title: 'Plan', start_time: '2031-01-01T10:00:00Z', end_time: '2031-01-01T11:00:00Z' };
const until = (check: () => unknown): Promise<unknown> => vi.waitFor(check, { timeout: PATIENCE_MS, interval: 20 });

describe.skipIf(!chromiumPath)(`the SDK in a real browser${unlessMissing}`, () => {
  let script: string;
  let site: Server;
  let app: TestApp;
  let network: CutProxy;
  let browser: Browser;
  let context: BrowserContext;
  beforeAll(async () => {
    script = await bundle(`
      import * as sdk from '@convene/sdk';
      const convene = new sdk.Convene({ baseUrl: document.title, session: sdk.browserSession() });
      globalThis.page = { convene, sdk, seqs: [], ended: [] };
      convene.on('signed_out', ({ reason }) => page.ended.push(reason));`);
    site = createServer((request, response) => {
      const isScript = request.url === '/page.js';
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      response.end(
        isScript
          ? script
          : `<!doctype html><title>${network.url}</title><script type="module" src="/page.js"></script>`,
      );
    });
    await once(site.listen(0, '127.0.0.1'), 'listening');
    app = await startApp({ corsOrigins: [origin()], pulseSeconds: 1 });
    network = await CutProxy.start(app.url);
    browser = await chromium.launch({ executablePath: chromiumPath! });
  });
  afterEach(() => context?.close());
  afterAll(async () => {
    await browser?.close();
    network?.close();
    await app?.close();
    site?.close();
  });

  const origin = (): string => `http://127.0.0.1:${(site.address() as AddressInfo).port}`;

  /** A tab; those of one context share the storage. */
  async function openTab(): Promise<Page> {
    const tab = await context.newPage();
    await tab.goto(origin());
    await tab.waitForFunction(() => 'page' in globalThis);
    return tab;
  }
  async function signInTab(name: string): Promise<{ tab: Page; person: Person; writer: sdk.Convene }> {
    context = await browser.newContext();
    const [tab, person] = [await openTab(), await app.signUp(name)];
    const { username } = person;
    await tab.evaluate((input) => page.convene.signIn(input), { username, password: PASSWORD });
    return { tab, person, writer: clientOf(app, person) };
  }

  it('signs in, stays signed in after a reload, and receives each live change once over a network that breaks', async () => {
    const { tab, writer } = await signInTab('ana');
    await tab.reload();
    await tab.evaluate(async () => {
      page.convene.live.on('change', ({ seq }) => page.seqs.push(seq));
      await page.convene.live.connect();
    });
    expect(await tab.evaluate(() => page.convene.live.state.transport)).toBe('web_socket');
    const event = await writer.events.create(MEETING);
    const seqs = (): Promise<number[]> => tab.evaluate(() => page.seqs);
    await until(async () => expect(await seqs()).toEqual([1]));
    network.cut();
    await writer.events.update(event.id, { title: 'Two' });
    await until(async () => expect(await seqs()).toEqual([1, 2]));
    network.down(true);
    await writer.events.update(event.id, { title: 'Three' });
    network.down(false);
    await until(async () => expect(await seqs()).toEqual([1, 2, 3]));
  });

  it('renews an expired token once for all calls of two tabs', async () => {
    const { tab } = await signInTab('ben');
    const other = await openTab();
    await tab.evaluate(() => {
      const session = JSON.parse(localStorage.getItem('convene.session')!) as { expires_at: number };
      localStorage.setItem('convene.session', JSON.stringify({ ...session, expires_at: 1 }));
    });
    // As after a reload: both know the old token.
    await Promise.all([tab.reload(), other.reload()]);
    let renewals = 0;
    context.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/api/auth/refresh')) renewals += 1;
    });
    const names = await Promise.all(
      [tab, other].map((one) =>
        one.evaluate(async () => {
          const users = await Promise.all(Array.from({ length: 25 }, () => page.convene.account.get()));
          return new Set(users.map(({ username }) => username)).size;
        }),
      ),
    );
    expect([names, renewals]).toEqual([[1, 1], 1]);
  });

  it('meets a lost answer, a rate limit and a stale version as in Node', async () => {
    const { tab, writer } = await signInTab('cara');
    let lost = 0;
    await tab.route('**/api/events', async (route) => {
      if (route.request().method() !== 'POST' || lost > 1) return route.continue();
      lost += 1;
      if (lost === 1) await route.fetch();
      if (lost === 1) return route.abort('connectionreset');
      const problem = { type: '', title: 'Later', status: 429, code: 'rate_limited', request_id: 'r' };
      const headers = { 'access-control-allow-origin': origin(), 'retry-after': '0' };
      return route.fulfill({
        status: 429,
        headers,
        contentType: 'application/problem+json',
        body: JSON.stringify(problem),
      });
    });
    const { id } = await tab.evaluate((meeting) => page.convene.events.create(meeting), MEETING);
    expect(lost).toBe(2);
    expect((await writer.events.list().toArray()).map((event) => event.id)).toEqual([id]);
    const clash = await tab.evaluate(async (id) => {
      const event = await page.convene.events.get(id);
      await page.convene.events.update(event, { title: 'Two' });
      const error = await page.convene.events.update(event, { title: 'Three' }).catch((error: unknown) => error);
      if (!page.sdk.isProblem(error, 'stale_version')) throw error;
      return [error.clashes![0]!.theirs, error.clashes![0]!.yours];
    }, id);
    expect(clash).toEqual(['Two', 'Three']);
  });

  it('says in every tab that the session has ended', async () => {
    const { tab } = await signInTab('dan');
    const other = await openTab();
    await other.evaluate(() => page.convene.account.get());
    await tab.evaluate(() => page.convene.signOut());
    await until(async () => expect(await other.evaluate(() => page.ended)).toEqual(['signed_out']));
    expect(await other.evaluate(() => page.convene.session())).toBeNull();
  });
});
