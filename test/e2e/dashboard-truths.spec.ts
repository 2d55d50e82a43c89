import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { chromiumPath, unlessMissing } from '../support/chromium.js';
import { type Dashboard, eventOf, startDashboard } from '../support/dashboard.js';
import { ok } from '../support/test-app.js';

const PHONE = { width: 390, height: 844 };

describe.skipIf(!chromiumPath)(`what the dashboard shows is true, and in sight${unlessMissing}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => (dashboard = await startDashboard()));
  afterAll(() => dashboard?.close());

  it('draws what is over without a border of its own', async () => {
    const ana = await dashboard.app.signUp('ana');
    const past = { title: 'Long ago', start_time: '2024-06-12T09:00:00Z', end_time: '2024-06-12T10:00:00Z' };
    await ok(createEvent({ client: ana.client, body: past }));
    const { page, context, complaints } = await dashboard.open(ana);
    for (const path of ['week', 'month']) {
      await page.goto(`${dashboard.app.url}/calendar/${path}/2024-06-12`);
      await eventOf(page, 'Long ago').waitFor();
      const width = await eventOf(page, 'Long ago').evaluate((element) => getComputedStyle(element).borderLeftWidth);
      expect([path, width]).toEqual([path, '0px']);
    }
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('says the rule of a series that leaves its day to the start, also at a date that was moved', async () => {
    const ana = await dashboard.app.signUp('ana', 'Europe/Paris');
    // A Wednesday; the second date is on the Thursday.
    const body = { title: 'Review', start_time: '2027-06-02T14:00:00', end_time: '2027-06-02T15:00:00' };
    const { id } = await ok(createEvent({ client: ana.client, body: { ...body, recurrence_pattern: 'FREQ=WEEKLY' } }));
    const query = { occurrence: '2027-06-09T12:00:00Z', scope: 'this' } as const;
    const moved = { start_time: '2027-06-10T15:00:00', end_time: '2027-06-10T16:00:00' };
    await ok(updateEvent({ client: ana.client, path: { id }, query, body: moved }));
    const { page, context, complaints } = await dashboard.open(ana, { path: '/calendar/week/2027-06-09' });
    await eventOf(page, 'Review').click();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    const recurrence = page.getByLabel('Recurrence').first();
    const chosen = () => recurrence.evaluate((element) => (element as HTMLSelectElement).selectedOptions[0]!.text);
    await page.getByText(/^9 June.* 16 June.* 23 June/).waitFor();
    expect(await chosen()).toBe('Every Wednesday');
    // One's own rule begins with that day.
    await recurrence.selectOption('Custom');
    const days = page.getByRole('group', { name: 'On these days' }).getByRole('button', { pressed: true });
    await days.first().waitFor();
    expect(await days.evaluateAll((all) => all.map((day) => day.getAttribute('aria-label')))).toEqual(['Wednesday']);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('leaves the buttons of the history free of what it says, on a phone', async () => {
    const ana = await dashboard.app.signUp('ana');
    const body = { title: 'One', start_time: '2027-06-02T14:00:00Z', end_time: '2027-06-02T15:00:00Z' };
    const { id } = await ok(createEvent({ client: ana.client, body }));
    for (const title of ['Two', 'Three']) await ok(updateEvent({ client: ana.client, path: { id }, body: { title } }));
    const { page, context, complaints } = await dashboard.open(ana, { ...PHONE, path: '/calendar/day/2027-06-02' });
    await eventOf(page, 'Three').click();
    await page.getByRole('tab', { name: 'History' }).click();
    await page.locator('.entry', { hasText: 'v2' }).first().click();
    await page.getByRole('button', { name: 'Restore version 1', exact: true }).click();
    const toast = page.locator('.toasts .toast');
    await toast.waitFor();
    const said = (await toast.boundingBox())!;
    const things = page.locator('.drawer').locator('.df button, .tabs button, .dh button');
    const covered = await things.evaluateAll(
      (all, { y, height }) =>
        all.flatMap((element) => {
          const { top, bottom, width } = element.getBoundingClientRect();
          return width > 0 && top < y + height && bottom > y ? [element.textContent] : [];
        }),
      said,
    );
    expect(covered).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('speaks of you alone where nobody else was asked to a time', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context, complaints } = await dashboard.open(ana);
    await page.keyboard.press('f');
    const panel = page.getByRole('dialog', { name: 'Find a time' });
    await panel.getByText(/works for you\.$/).waitFor();
    expect(await panel.getByText('everybody').count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
