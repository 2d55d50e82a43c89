import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AsyncApiDocument } from '../../src/live/asyncapi-document.js';
import { chromiumPath, unlessMissing } from '../support/chromium.js';
import { startApp, type TestApp } from '../support/test-app.js';

describe.skipIf(!chromiumPath)(`the API reference in a real browser${unlessMissing}`, () => {
  let app: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    app = await startApp();
    browser = await chromium.launch({ executablePath: chromiumPath });
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  /**
   * Opens a page; `outside` and `complaints` fill as the browser asks elsewhere, or reports a violation or an error.
   */
  async function open(path: string): Promise<{ page: Page; outside: string[]; complaints: string[] }> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    // A busy machine takes half a minute to draw the references.
    page.setDefaultTimeout(180_000);
    const outside: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (origin !== app.url && protocol !== 'data:' && protocol !== 'blob:') outside.push(request.url());
    });
    page.on('response', (response) => {
      if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
    });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) =>
        console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
      );
    });
    await page.goto(app.url + path);
    return { page, outside, complaints };
  }

  it('/docs shows the operations and asks nobody else', async () => {
    const { page, outside, complaints } = await open('/docs');
    await page.locator('.opblock').first().waitFor();
    for (const summary of ['Create an event', 'Share an event', 'Roll back to an earlier version']) {
      expect(await page.getByText(summary, { exact: true }).first().isVisible()).toBe(true);
    }
    await page.waitForLoadState('networkidle');
    expect({ outside, complaints }).toEqual({ outside: [], complaints: [] });
    await page.close();
  });

  it('/docs sends a request that works', async () => {
    const { page, outside, complaints } = await open('/docs');
    const operation = page.locator('#operations-Operations-getReadiness');
    await operation.locator('.opblock-summary-control').click();
    await operation.getByRole('button', { name: 'Execute' }).click();
    const answer = operation.locator('.live-responses-table .response .microlight').first();
    await answer.waitFor();
    expect(await answer.innerText()).toContain('"ok"');
    expect({ outside, complaints }).toEqual({ outside: [], complaints: [] });
    await page.close();
  });

  it('/docs signs in with a name and a password, and what it fills in really creates, lists and reads', async () => {
    const ana = await app.signUp('ana');
    const { page, outside, complaints } = await open('/docs');
    await page.locator('.auth-wrapper .authorize').click();
    await page.locator('#oauth_username').fill(ana.username);
    await page.locator('#oauth_password').fill(ana.password);
    const form = page.locator('.auth-container', { has: page.locator('#oauth_username') });
    await form.locator('.auth-btn-wrapper .authorize').click();
    await page.locator('.dialog-ux').getByText('Logout').waitFor();
    await page.locator('.dialog-ux .btn-done').first().click();

    const execute = async (operation: string): Promise<[status: string, body: unknown]> => {
      const block = page.locator(`#operations-${operation}`);
      await block.locator('.opblock-summary-control').click();
      await block.getByRole('button', { name: 'Execute' }).click();
      const row = block.locator('.live-responses-table .response').first();
      await row.waitFor();
      const status = (await row.locator('.response-col_status').innerText()).trim().split(/\s/)[0]!;
      return [status, JSON.parse(await row.locator('.microlight').first().innerText())];
    };
    const [created, event] = await execute('Events-createEvent');
    expect([created, event]).toEqual([
      '201',
      expect.objectContaining({ owner: { id: ana.id, username: ana.username } }),
    ]);
    const stored = await app.database.query(`SELECT title FROM events`);
    expect(stored).toEqual([{ title: (event as { title: string }).title }]);
    for (const list of ['Events-listEvents', 'Notifications-listNotifications', 'Notifications-listChanges']) {
      const [status, page] = await execute(list);
      expect([list, status, (page as { items: object[] }).items.length]).toEqual([list, '200', 1]);
    }
    expect({ outside, complaints }).toEqual({ outside: [], complaints: [] });
    await page.close();
  });

  it('/redoc shows the operations, searches them and asks nobody else', async () => {
    const { page, outside, complaints } = await open('/redoc');
    for (const summary of ['Create an event', 'Share an event', 'Roll back to an earlier version']) {
      await page.getByRole('heading', { name: summary }).waitFor();
    }
    await page.getByPlaceholder('Search...').pressSequentially('rollback');
    await page.locator('[data-role="search:results"] li').first().waitFor();
    await page.waitForLoadState('networkidle');
    expect({ outside, complaints }).toEqual({ outside: [], complaints: [] });
    await page.close();
  });

  it('/docs/realtime shows every message of every connection and asks nobody else', async () => {
    const { page, outside, complaints } = await open('/docs/realtime');
    const document = (await (await fetch(`${app.url}/asyncapi.json`)).json()) as AsyncApiDocument;
    for (const title of ['Receiving every change', 'Signing in', 'Why a connection ends', 'Limits']) {
      expect(await page.getByRole('heading', { level: 2, name: title, exact: true }).isVisible()).toBe(true);
    }
    for (const [channel, { address, messages, title }] of Object.entries(document.channels)) {
      const section = page.getByRole('region', { name: title, exact: true });
      expect(
        await section
          .getByText(`${new URL(app.url).host}${address}`)
          .first()
          .isVisible(),
      ).toBe(true);
      for (const [name, message] of Object.entries(messages)) {
        const article = section.getByRole('article', { name: `${message.name} ${message.title}`, exact: true });
        expect([channel, name, await article.getByText('Example').first().isVisible()]).toEqual([channel, name, true]);
        const tables = Number(Boolean(message.headers)) + Number(Boolean(message.payload));
        expect(await article.getByRole('table').count()).toBe(tables);
      }
    }
    expect(await page.getByText('$ref').count()).toBe(0);
    await page.waitForLoadState('networkidle');
    expect({ outside, complaints }).toEqual({ outside: [], complaints: [] });
    await page.close();
  });

  it('/docs/realtime leads from its contents to a message', async () => {
    const { page, complaints } = await open('/docs/realtime');
    const contents = page.getByRole('navigation', { name: 'Contents' });
    await contents.locator('a[href="#webSocket-resume"]').click();
    expect(new URL(page.url()).hash).toBe('#webSocket-resume');
    const { y } = (await page.locator('#webSocket-resume').boundingBox())!;
    expect(y).toBeGreaterThanOrEqual(0);
    expect(y).toBeLessThan(300);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each(['/docs/realtime', '/about', '/guide', '/problems/event_conflict'])(
    '%s fits into every width',
    async (path) => {
      const { page } = await open(path);
      for (const width of [320, 390, 768, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      }
      await page.close();
    },
  );

  it('/docs/realtime and the pages of problems run nothing, and evaluate no text', async () => {
    for (const path of ['/docs/realtime', '/problems/not_found']) {
      const { page } = await open(path);
      expect(await page.locator('script').count()).toBe(0);
      const refused = await page.evaluate(() => {
        const script = document.createElement('script');
        script.textContent = 'window.ran = true';
        document.body.append(script);
        return 'ran' in window;
      });
      expect(refused).toBe(false);
      await page.close();
    }
  });

  it.each(['/docs', '/redoc'])('%s leaves `Function` as it is, and its policy lets no script use it', async (path) => {
    const { page } = await open(path);
    await page.waitForLoadState('networkidle');
    expect(await page.evaluate(() => String(Function))).toContain('[native code]');
    const body = 'try { Function("return 1")(); window.ran = true } catch { window.ran = false }';
    await page.route('**/docs/assets/probe.js', (route) => route.fulfill({ contentType: 'text/javascript', body }));
    await page.addScriptTag({ url: '/docs/assets/probe.js' });
    expect(await page.evaluate(() => (window as unknown as { ran: boolean }).ran)).toBe(false);
    await page.close();
  });

  it.each(['/docs', '/redoc'])('%s leads to the live changes, and they lead back', async (path) => {
    const { page, complaints } = await open(path);
    const link = page.locator('a[href="/docs/realtime"]').first();
    // Swagger UI would open another tab.
    await link.evaluate((element) => element.removeAttribute('target'));
    await link.click();
    await page.getByRole('heading', { name: 'Receiving every change' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/docs/realtime');
    await page.locator('a[href="/docs"]').first().click();
    await page.locator('.opblock').first().waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('/guide finds sections by the words in them', async () => {
    const { page, outside, complaints } = await open('/guide?q=rollback');
    await page
      .getByRole('status')
      .filter({ hasText: /^\d+ sections?$/ })
      .waitFor();
    expect(await page.locator('.chapter li:visible').count()).toBeGreaterThan(0);
    const search = page.getByLabel('Search the guide');
    await search.fill('DAVx5 app password');
    await page.locator('.chapter li:visible', { hasText: 'Calendar applications over CalDAV' }).waitFor();
    await search.fill('zyzzyva');
    await page.getByText('Nothing found').waitFor();
    expect(await page.locator('.chapter:visible').count()).toBe(0);
    expect({ outside, complaints }).toEqual({ outside: [], complaints: [] });
    await page.close();
  });

  it('an address at which there is nothing has a page that leads home', async () => {
    const { page, outside } = await open('/calender');
    await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor();
    await page.getByRole('link', { name: 'Open the calendar' }).click();
    await page.getByRole('heading', { name: /Sign in|Convene is running/ }).waitFor();
    expect(outside).toEqual([]);
    await page.close();
  });

  it('/problems/:code is readable', async () => {
    const { page, outside, complaints } = await open('/problems/event_conflict');
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('The owner is busy at that time');
    expect({ outside, complaints }).toEqual({ outside: [], complaints: [] });
    await page.close();
  });
});
