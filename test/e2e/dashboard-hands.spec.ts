import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, getEvent, listEvents, listPermissions } from '../../sdk/generated/sdk.gen.js';
import { chromiumPath, unlessMissing } from '../support/chromium.js';
import { type Dashboard, eventOf, signUpApart, startDashboard } from '../support/dashboard.js';
import { ok, type Person } from '../support/test-app.js';
import { wednesday } from '../support/this-week.js';

describe.skipIf(!chromiumPath)(`the dashboard by keyboard, on a phone, and where clocks change${unlessMissing}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
  });
  afterAll(() => dashboard?.close());

  const only = async (person: Person) => {
    const { items } = await ok(listEvents({ client: person.client }));
    expect(items).toHaveLength(1);
    return ok(getEvent({ client: person.client, path: { id: items[0]!.id } }));
  };

  it('creates, edits, moves, shares and restores with the keyboard alone', async () => {
    const [ana, ben] = [await dashboard.app.signUp('ana'), await dashboard.app.signUp('ben')];
    const { page, context, complaints } = await dashboard.open(ana);
    const { keyboard } = page;
    await keyboard.press('c');
    await page.getByRole('dialog', { name: 'New event' }).waitFor();
    await keyboard.type('By hand');
    await keyboard.press('Enter');
    await page.getByText('Created “By hand”').waitFor();
    await page.getByRole('dialog', { name: 'New event' }).waitFor({ state: 'detached' });
    const created = await only(ana);

    await tabTo(page, (focused) => focused.startsWith('By hand'));
    await keyboard.press('Alt+ArrowDown');
    await page.getByText('Moved “By hand”').waitFor();
    const moved = await only(ana);
    expect(Date.parse(moved.start_time) - Date.parse(created.start_time)).toBe(900_000);

    await tabTo(page, (focused) => focused.startsWith('By hand'));
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: 'By hand' }).waitFor();
    await keyboard.press('e');
    await page.getByRole('heading', { name: 'Edit event' }).waitFor();
    await keyboard.press('Control+a');
    await keyboard.type('By keyboard');
    await keyboard.press('Control+Enter');
    await page.getByRole('heading', { name: 'By keyboard' }).waitFor();

    await keyboard.press('p');
    await tabTo(page, (focused) => focused === 'Username or email');
    await keyboard.type(ben.username);
    await keyboard.press('Enter');
    await page.getByRole('button', { name: `Share with ${ben.username}` }).waitFor();
    await keyboard.press('Enter');
    await page.getByLabel(`Role of ${ben.username}`).waitFor();
    const { items } = await ok(listPermissions({ client: ana.client, path: { id: created.id } }));
    expect(items.map(({ username, role }) => [username, role])).toContainEqual([ben.username, 'viewer']);

    await page.locator('#add-people').blur();
    await keyboard.press('h');
    await tabTo(page, (focused) => focused === 'Restore version 2');
    await keyboard.press('Enter');
    await page.getByText('Restored version 2').waitFor();
    expect(await only(ana)).toMatchObject({ title: 'By hand', version: 4 });
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('creates, moves and restores on a phone of 390 pixels', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context, complaints } = await dashboard.open(ana, { width: 390, height: 844 });
    await page.getByRole('button', { name: 'New event' }).first().click();
    const sheet = page.getByRole('dialog', { name: 'New event' });
    await sheet.getByLabel('Title').fill('On the go');
    await sheet.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Created “On the go”').waitFor();
    const { start_time: before } = await only(ana);
    await eventOf(page, 'On the go').click();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page
      .getByLabel('Day', { exact: true })
      .fill(new Date(Date.parse(before) + 86_400_000).toISOString().slice(0, 10));
    await page.getByRole('button', { name: 'Save', exact: true }).last().click();
    await page.getByRole('tab', { name: 'History' }).click();
    expect(Date.parse((await only(ana)).start_time) - Date.parse(before)).toBe(86_400_000);
    await page.getByRole('button', { name: 'Restore version 1', exact: true }).click();
    await page.getByText('Restored version 1').waitFor();
    expect(await only(ana)).toMatchObject({ start_time: before, version: 3 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('moves an event that is created in the hour that clocks skip, and shows where it is', async () => {
    const ana = await dashboard.app.signUp('ana', 'Europe/Paris');
    // The last Sunday of March.
    const { page, context, complaints } = await dashboard.open(ana, { path: '/calendar/day/2027-03-28' });
    await page.keyboard.press('c');
    await page.getByRole('dialog', { name: 'New event' }).getByLabel('Title').fill('Early');
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByLabel('From').fill('02:30');
    await page.getByRole('button', { name: 'Save', exact: true }).last().click();
    await page.getByRole('heading', { name: 'Early' }).waitFor();
    expect(await only(ana)).toMatchObject({ start_time: '2027-03-28T01:30:00Z', time_zone: 'Europe/Paris' });
    await eventOf(page, 'Early').filter({ hasText: '03:30' }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('finds a time with somebody who shares nothing yet, by their username', async () => {
    const [ana, ben] = [await dashboard.app.signUp('ana'), await dashboard.app.signUp('ben')];
    const { page, context, complaints } = await dashboard.open(ana);
    await page.keyboard.press('f');
    const panel = page.getByRole('dialog', { name: 'Find a time' });
    const field = panel.getByLabel('Add somebody by username');
    await field.fill('nobody-at-all');
    await field.press('Enter');
    await panel.getByText('Nobody is called “nobody-at-all”').waitFor();
    await field.fill(ben.username);
    await field.press('Enter');
    await panel.getByRole('button', { name: ben.username, pressed: true }).waitFor();
    expect(await field.inputValue()).toBe('');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('finds a time in the working hours of everybody, on whatever clock, and shares what is booked', async () => {
    const [ana, sam] = await signUpApart(dashboard.app);
    const { page, context, complaints } = await dashboard.open(ana);
    await page.keyboard.press('f');
    const panel = page.getByRole('dialog', { name: 'Find a time' });
    await panel.getByLabel('Add somebody by username').fill(sam.username);
    await panel.getByLabel('Add somebody by username').press('Enter');
    // Ana works in UTC.
    await panel.getByRole('listitem').first().getByText(`${sam.username} 09:00`).waitFor();
    await panel.locator('.say', { hasText: `${sam.username} 09:00` }).waitFor();
    await panel.getByLabel('From').fill('2030-06-03');
    // 3 June 2030 is a Monday; the clocks of New York are four hours behind.
    await panel.getByRole('button', { name: 'New event at 13:00' }).click();
    const box = page.getByRole('dialog', { name: 'New event' });
    await box.getByLabel(`Share with ${sam.username}, who can view it`).waitFor();
    await box.getByLabel('Title').fill('Call');
    await page.keyboard.press('Enter');
    await page.getByText(/Created “Call” on Monday,? 3 June 2030, 13:00. Shared with sam/).waitFor();
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await eventOf(page, 'Call').waitFor();
    const { items } = await ok(listEvents({ client: sam.client, query: { q: 'Call' } }));
    expect(items).toMatchObject([{ start_time: '2030-06-03T13:00:00Z', role: 'viewer' }]);
    // Without them, when that is turned off; and no way there is offered where it is seen.
    await page.keyboard.press('f');
    await panel.getByLabel('From').fill('2030-06-04');
    await panel.getByLabel('Add somebody by username').fill(sam.username);
    await panel.getByLabel('Add somebody by username').press('Enter');
    await panel.getByRole('button', { name: 'New event at 13:00' }).click();
    await box.getByRole('switch', { name: 'Share with' }).uncheck();
    await box.getByLabel('Title').fill('Alone');
    await page.keyboard.press('Enter');
    await page.getByText(/Created “Alone” on Tuesday,? 4 June 2030, 13:00/).waitFor();
    expect(await page.getByRole('button', { name: 'Show', exact: true }).count()).toBe(0);
    expect((await ok(listEvents({ client: sam.client, query: { q: 'Alone' } }))).items).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('shows the calendar as it was, and goes back to now with Escape', async () => {
    const ana = await dashboard.app.signUp('ana');
    const body = { title: 'Then', start_time: wednesday('09:00'), end_time: wednesday('10:00'), time_zone: 'UTC' };
    const { page, context, complaints } = await dashboard.open(ana);
    await page.keyboard.press('h');
    await page.getByText('Not the present').waitFor();
    await ok(createEvent({ client: ana.client, body }));
    expect(await eventOf(page, 'Then').count()).toBe(0);
    await page.keyboard.press('Escape');
    await eventOf(page, 'Then').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});

/** Presses Tab until the focus is where it is wanted, as somebody without a mouse does. */
async function tabTo(page: Page, wanted: (focused: string) => boolean): Promise<void> {
  for (let presses = 0; presses < 120; presses += 1) {
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      const { placeholder } = element as HTMLInputElement;
      return element?.getAttribute('aria-label') ?? (placeholder || element?.textContent?.trim()) ?? '';
    });
    if (wanted(focused)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('Nothing of that name can be reached with Tab');
}
