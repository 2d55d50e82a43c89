import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

  /** Opens a page; `outside` and `complaints` fill as the browser asks elsewhere, or reports a violation or an error. */
  async function open(path: string): Promise<{ page: Page; outside: string[]; complaints: string[] }> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
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
    for (const summary of ['Create an event', 'Share an event', 'Bring an old version back']) {
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

  it('/redoc shows the operations, searches them and asks nobody else', async () => {
    const { page, outside, complaints } = await open('/redoc');
    for (const summary of ['Create an event', 'Share an event', 'Bring an old version back']) {
      await page.getByRole('heading', { name: summary }).waitFor();
    }
    await page.getByPlaceholder('Search...').pressSequentially('rollback');
    await page.locator('[data-role="search:results"] li').first().waitFor();
    await page.waitForLoadState('networkidle');
    expect({ outside, complaints }).toEqual({ outside: [], complaints: [] });
    await page.close();
  });

  it('/docs/realtime shows the live pipes, their frames and how they end, and asks nobody else', async () => {
    const { page, outside, complaints } = await open('/docs/realtime');
    for (const title of ['Missing nothing', 'Signing in', 'Endings', 'Limits', 'Servers', 'Operations', 'Schemas']) {
      await page.getByRole('heading', { name: title, exact: true }).waitFor();
    }
    for (const address of ['/socket.io/', '/ws/notifications', '/api/changes/stream']) {
      expect(await page.locator('h3', { hasText: address }).first().isVisible()).toBe(true);
    }
    for (const text of ['Items that you may not see', 'Sends the items after that number again, and goes on.']) {
      expect(await page.getByText(text, { exact: true }).first().isVisible()).toBe(true);
    }
    expect(
      await page
        .getByText(`ws://${new URL(app.url).host}`)
        .first()
        .isVisible(),
    ).toBe(true);
    expect(await page.getByText('"event_updated"').first().isVisible()).toBe(true);
    expect(await page.getByText('$ref').count()).toBe(0);
    await page.waitForLoadState('networkidle');
    expect({ outside, complaints }).toEqual({ outside: [], complaints: [] });
    await page.close();
  });

  it('/docs/realtime folds its schemas out, and gives the page back a Function that works', async () => {
    const { page, complaints } = await open('/docs/realtime');
    const item = page.locator('[id="schema-NotificationView"]');
    await item.getByText('Expand all').click();
    await item.getByText('Place in your stream: 1, 2, 3 … without gaps.').waitFor();
    expect(await page.evaluate(() => String(Function))).toContain('[native code]');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each(['/docs', '/redoc'])('%s leads to the live changes, and they lead back', async (path) => {
    const { page, complaints } = await open(path);
    const link = page.locator('a[href="/docs/realtime"]').first();
    // Swagger UI would open another tab.
    await link.evaluate((element) => element.removeAttribute('target'));
    await link.click();
    await page.getByRole('heading', { name: 'Missing nothing' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/docs/realtime');
    await page.locator('a[href="/docs"]').first().click();
    await page.locator('.opblock').first().waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('/problems/:code is readable', async () => {
    const { page, outside, complaints } = await open('/problems/event_conflict');
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('The owner is busy at that time');
    expect({ outside, complaints }).toEqual({ outside: [], complaints: [] });
    await page.close();
  });
});
