import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { chromiumPath, unlessMissing } from '../support/chromium.js';
import { type Dashboard, eventOf, startDashboard } from '../support/dashboard.js';
import { ok } from '../support/test-app.js';

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string; failureSummary: string }[];
}

describe.skipIf(!chromiumPath)(`the dashboard for everyone${unlessMissing}`, () => {
  let dashboard: Dashboard;
  let axe: string;
  beforeAll(async () => {
    dashboard = await startDashboard();
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  });
  afterAll(() => dashboard?.close());

  /** Serious and critical violations of the page as it is. */
  async function violations(page: Page): Promise<string[]> {
    await page.evaluate(axe);
    const found = await page.evaluate(async () => {
      const { axe } = window as unknown as { axe: { run: () => Promise<{ violations: Violation[] }> } };
      return (await axe.run()).violations;
    });
    return found
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]!.html} ${nodes[0]!.failureSummary}`);
  }

  it.each([
    ['light', 1440],
    ['dark', 1440],
    ['light', 390],
    ['dark', 390],
  ] as const)('axe finds nothing serious in any view: %s, %i pixels', async (scheme, width) => {
    const ana = await dashboard.app.signUp('ana');
    const now = new Date();
    const at = (hour: number): string => `${now.toISOString().slice(0, 10)}T${String(hour).padStart(2, '0')}:00:00`;
    const body = { title: 'Planning', start_time: at(9), end_time: at(10), time_zone: 'UTC' };
    const { id } = await ok(createEvent({ client: ana.client, body }));
    await ok(
      updateEvent({ client: ana.client, path: { id }, body: { title: 'Planning of the year', location: 'Room 1' } }),
    );
    await ok(
      createEvent({
        client: ana.client,
        body: {
          ...body,
          title: 'Free day',
          all_day: true,
          start_time: at(9).slice(0, 10),
          end_time: new Date(now.getTime() + 86_400_000).toISOString().slice(0, 10),
          show_as: 'free',
        },
      }),
    );
    await ok(
      createEvent({
        client: ana.client,
        body: { ...body, title: 'Perhaps', start_time: at(11), end_time: at(12), status: 'tentative' },
      }),
    );
    await ok(
      createEvent({
        client: ana.client,
        body: { ...body, title: 'Not any more', start_time: at(13), end_time: at(14), status: 'cancelled' },
      }),
    );
    const dark = scheme === 'dark';
    const signIn = await dashboard.visit({ dark, width });
    await signIn.page.getByLabel('Username or email').waitFor();
    const found: Record<string, string[]> = { 'sign-in': await violations(signIn.page) };
    await signIn.context.close();

    const { page, context } = await dashboard.open(ana, { dark, width, height: 844 });
    const look = async (name: string): Promise<void> => void (found[name] = await violations(page));
    for (const view of ['week', 'month', 'day', 'agenda']) {
      await page.keyboard.press(view[0]!);
      await eventOf(page, 'Planning of the year').waitFor();
      await look(view);
    }
    await eventOf(page, 'Planning of the year').click();
    await page.getByRole('heading', { name: 'Planning of the year' }).waitFor();
    await look('event');
    await page.getByRole('tab', { name: 'People' }).click();
    await page.getByLabel('Add people').waitFor();
    await look('people');
    await page.getByRole('tab', { name: 'History' }).click();
    await page.locator('.diff ins').first().waitFor();
    await look('history');
    await page.getByRole('tab', { name: 'Details' }).click();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByLabel('Recurrence').waitFor();
    await page.getByRole('combobox', { name: 'Recurrence' }).selectOption({ label: 'Custom' });
    await page.locator('.say').waitFor();
    await look('edit');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    for (const [key, name] of [
      ['n', 'Notifications'],
      ['f', 'Find a time'],
      ['?', 'Keyboard'],
      ['/', 'Search and commands'],
    ] as const) {
      await page.locator('#calendar').focus();
      await page.keyboard.press(key);
      await page.getByRole('dialog', { name }).waitFor();
      await look(name);
      await page.keyboard.press('Escape');
    }
    for (const name of ['Settings', 'Trash', 'Your activity', 'Changes to send']) {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Search and commands' }).fill(name);
      await page.getByRole('option', { name, exact: true }).click();
      await page.getByRole('dialog', { name }).waitFor();
      await look(name);
      await page.keyboard.press('Escape');
    }
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((name) => [name, []])));
    // Nothing is wider than the window.
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await context.close();
  });
});
