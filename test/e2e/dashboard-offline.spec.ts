import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createEvent,
  getEvent,
  listVersions,
  listEvents,
  shareEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { chromiumPath, unlessMissing } from '../support/chromium.js';
import { type Dashboard, drag, eventOf, startDashboard } from '../support/dashboard.js';
import { ok, type Person } from '../support/test-app.js';
import { wednesday } from '../support/this-week.js';
import { PATIENCE_MS } from '../support/patient.js';

const HOUR = 56;

describe.skipIf(!chromiumPath)(`the dashboard without a connection, and in several tabs${unlessMissing}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
  });
  afterAll(() => dashboard?.close());

  /** Two people who edit one event, which is in the calendar of the second. */
  async function pair(title: string): Promise<{ ana: Person; ben: Person; id: string }> {
    const [ana, ben] = [await dashboard.app.signUp('ana'), await dashboard.app.signUp('ben')];
    const body = { title, start_time: wednesday('09:00'), end_time: wednesday('10:00'), time_zone: 'UTC' };
    const { id } = await ok(createEvent({ client: ana.client, body }));
    await ok(shareEvent({ client: ana.client, path: { id }, body: { user_id: ben.id, role: 'editor' } }));
    return { ana, ben, id };
  }

  const read = (person: Person, id: string) => ok(getEvent({ client: person.client, path: { id } }));

  /** When the event starts, as the calendar shows it. */
  const shownTime = async (page: Page, title: string): Promise<string> =>
    /\d\d:\d\d/.exec(await eventOf(page, title).innerText())![0];

  /** Waits until the page would open without a connection, and then takes the connection away. */
  async function goOffline(page: Page, context: BrowserContext): Promise<void> {
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForFunction(async () => {
      const open = indexedDB.open('convene');
      await new Promise((resolve) => (open.onsuccess = resolve));
      if (!open.result.objectStoreNames.contains('reads')) return false;
      const count = open.result.transaction('reads').objectStore('reads').count();
      await new Promise((resolve) => (count.onsuccess = resolve));
      open.result.close();
      return count.result > 0;
    });
    await context.setOffline(true);
    await page.getByText('Offline', { exact: true }).waitFor();
  }

  it('keeps an edit over a reload, sends it later, and merges it with what others changed', async () => {
    const { ana, ben, id } = await pair('Retro');
    const { page, context } = await dashboard.open(ben);
    await eventOf(page, 'Retro').waitFor();
    await goOffline(page, context);
    await drag(page, 'Retro', 0, 2 * HOUR);
    await page.getByText('Kept “Retro” on this device').waitFor();
    const moved = await shownTime(page, 'Retro');
    expect(moved).not.toBe('09:00');
    await page.getByRole('button', { name: 'Offline, 1 to send' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Offline, 1 to send' }).waitFor();
    await eventOf(page, 'Retro').filter({ hasText: moved }).waitFor();
    // Weeks that were never read do not look free, and the people stay.
    await page.goto(`${dashboard.app.url}/calendar/month/2030-01-01`);
    await page.getByText('You are offline. This month has not been read yet.').waitFor();
    await page.getByRole('checkbox', { name: ana.username }).waitFor();
    await page.goto(dashboard.app.url);
    await page.getByText('You are offline. What you see is from').waitFor();
    expect((await read(ben, id)).version).toBe(1);
    await ok(updateEvent({ client: ana.client, path: { id }, body: { location: 'Room 9' } }));
    await context.setOffline(false);
    await page.getByText('Sent 1 change, merged with what others changed in “Retro”').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await eventOf(page, 'Retro').filter({ hasText: 'Room 9' }).waitFor();
    const merged = await read(ana, id);
    expect(merged).toMatchObject({ version: 3, location: 'Room 9', start_time: `${wednesday(moved)}Z` });
    await context.close();
  });

  it('asks about a true clash once it is back, and loses no word', async () => {
    const { ana, ben, id } = await pair('Draft');
    const { page, context } = await dashboard.open(ben);
    await eventOf(page, 'Draft').click();
    await page.getByRole('heading', { name: 'Draft' }).waitFor();
    await goOffline(page, context);
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByLabel('Title').fill('Draft by ben');
    await page.getByRole('textbox', { name: 'Description' }).fill('Bring the figures.');
    await page.getByRole('button', { name: 'Save', exact: true }).last().click();
    await page.getByRole('heading', { name: 'Draft by ben' }).waitFor();
    await ok(updateEvent({ client: ana.client, path: { id }, body: { title: 'Draft by ana' } }));
    await page.reload();
    await page.getByRole('button', { name: 'Offline, 1 to send' }).click();
    // Every word is there to read, and to copy, before it is sent.
    await page.getByText('Bring the figures.').waitFor();
    await page.keyboard.press('Escape');
    await context.setOffline(false);
    const dialog = page.getByRole('dialog', { name: `${ana.username} changed this event while you were editing` });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: '1 change to decide' }).click();
    await page.getByRole('button', { name: 'Decide', exact: true }).click();
    await dialog.getByRole('textbox').fill('Draft by both');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Everything is sent.').waitFor();
    expect(await read(ana, id)).toMatchObject({
      version: 3,
      title: 'Draft by both',
      description: 'Bring the figures.',
    });
    await context.close();
  });

  it('creates an event once, although its answers were lost, and follows it with what was changed since', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context } = await dashboard.open(ana);
    // The server does it, and no answer arrives.
    await page.route('**/api/events', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      await route.fetch();
      await route.abort();
    });
    await page.keyboard.press('c');
    await page.getByRole('dialog', { name: 'New event' }).waitFor();
    await page.getByLabel('Title').fill('Once');
    await page.keyboard.press('Enter');
    await page.getByText('Kept “Once” on this device').waitFor();
    const shown = page.locator('#calendar .waits', { hasText: 'Once' }).first();
    await shown.waitFor();
    await shown.click();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByLabel('Location').fill('Room 3');
    await page.getByRole('button', { name: 'Save', exact: true }).last().click();
    await page.unroute('**/api/events');
    await page.getByText(/Sent \d changes?/).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    const { items } = await ok(listEvents({ client: ana.client, query: { q: 'Once' } }));
    expect(items).toMatchObject([{ title: 'Once', location: 'Room 3', version: 2 }]);
    await context.close();
  });

  it('sends two edits of one event in order, each on what its author saw', async () => {
    const { ana, ben, id } = await pair('Plan');
    const { page, context } = await dashboard.open(ben);
    await eventOf(page, 'Plan').click();
    await page.getByRole('heading', { name: 'Plan' }).waitFor();
    await goOffline(page, context);
    for (const title of ['Plan B', 'Plan C']) {
      await page.getByRole('button', { name: 'Edit', exact: true }).click();
      await page.getByLabel('Title').fill(title);
      await page.getByRole('button', { name: 'Save', exact: true }).last().click();
      await page.getByText(`Kept “${title}” on this device`).waitFor();
      await page.getByRole('heading', { name: title }).waitFor();
    }
    await page.getByRole('button', { name: 'Offline, 2 to send' }).waitFor();
    await ok(updateEvent({ client: ana.client, path: { id }, body: { location: 'Room 1' } }));
    await context.setOffline(false);
    await page.getByText('Sent 2 changes, merged').waitFor();
    const { items } = await ok(listVersions({ client: ana.client, path: { id } }));
    expect(items.map(({ version, author }) => [version, author.username])).toEqual([
      [4, ben.username],
      [3, ben.username],
      [2, ana.username],
      [1, ana.username],
    ]);
    expect(await read(ana, id)).toMatchObject({ title: 'Plan C', location: 'Room 1' });
    await context.close();
  });

  it('warns of what overlaps without a connection, and shows it once the save is refused', async () => {
    const ana = await dashboard.app.signUp('ana');
    const day = wednesday('').slice(0, 10);
    const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
    const body = { title: 'Fair', all_day: true, start_time: day, end_time: next, time_zone: 'UTC' };
    await ok(createEvent({ client: ana.client, body }));
    const { page, context } = await dashboard.open(ana);
    await eventOf(page, 'Fair').waitFor();
    await goOffline(page, context);
    await page.keyboard.press('c');
    const card = page.getByRole('dialog', { name: 'New event' });
    await card.getByLabel('Title').fill('Made offline');
    await card.getByLabel('Day', { exact: true }).fill(day);
    await card.getByLabel('From').fill('11:00');
    await card.getByText(/Overlaps “Fair”/).waitFor();
    await card.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Kept “Made offline” on this device').waitFor();
    await context.setOffline(false);
    const dialog = page.getByRole('alertdialog', { name: 'This overlaps with another event' });
    await dialog.locator('.strip .b', { hasText: 'Fair' }).waitFor();
    // It is not in its own way.
    expect(await dialog.locator('.strip .b').allTextContents()).toEqual(['Fair']);
    // The free times are on other days, and the button says so.
    await dialog.getByRole('button', { name: /^Save on \w+,? \d+ \w+.*, \d\d:\d\d$/ }).waitFor();
    await context.close();
  });

  it('shares one connection among tabs, and hands it over without losing a change', async () => {
    const { ana, ben, id } = await pair('Shared');
    const { page: first, context } = await dashboard.open(ben);
    const sockets: string[] = [];
    const second = await context.newPage();
    second.setDefaultTimeout(PATIENCE_MS);
    second.on('websocket', (socket) => sockets.push(socket.url()));
    await second.goto(dashboard.app.url);
    await second.getByText('Live', { exact: true }).waitFor();
    await eventOf(second, 'Shared').waitFor();
    await ok(updateEvent({ client: ana.client, path: { id }, body: { title: 'Shared, seen by both' } }));
    for (const page of [first, second]) await eventOf(page, 'Shared, seen by both').waitFor();
    expect(sockets).toEqual([]);
    // While nobody listens.
    const closing = first.close();
    await ok(updateEvent({ client: ana.client, path: { id }, body: { title: 'Changed in between' } }));
    await closing;
    await eventOf(second, 'Changed in between').waitFor();
    await ok(updateEvent({ client: ana.client, path: { id }, body: { title: 'Changed after' } }));
    await eventOf(second, 'Changed after').waitFor();
    expect(sockets).toHaveLength(1);
    // Each of the changes arrived, also the one in between.
    await second.keyboard.press('n');
    for (const title of ['Shared, seen by both', 'Changed in between', 'Changed after'])
      await second.getByRole('dialog', { name: 'Notifications' }).getByText(`to “${title}”`).waitFor();
    await context.close();
  });

  it('shares one session among tabs, and an edit of one tab shows in the other before it is sent', async () => {
    const { ben } = await pair('Twice');
    const { page: first, context } = await dashboard.open(ben);
    const second = await context.newPage();
    second.setDefaultTimeout(PATIENCE_MS);
    await second.goto(dashboard.app.url);
    await eventOf(second, 'Twice').waitFor();
    await context.setOffline(true);
    await first.getByText('Offline', { exact: true }).waitFor();
    await drag(first, 'Twice', 0, HOUR);
    await first.getByRole('button', { name: 'Offline, 1 to send' }).waitFor();
    const moved = await shownTime(first, 'Twice');
    expect(moved).not.toBe('09:00');
    await second.getByRole('button', { name: 'Offline, 1 to send' }).waitFor();
    await eventOf(second, 'Twice').filter({ hasText: moved }).waitFor();
    // The tab in which it was made closes.
    await first.close();
    await context.setOffline(false);
    await second.getByText('Sent 1 change').waitFor();
    const third = await context.newPage();
    await third.goto(dashboard.app.url);
    await third.getByText('Live', { exact: true }).waitFor();
    await second.getByRole('button', { name: 'Settings' }).click();
    await second.getByRole('button', { name: 'Sign out', exact: true }).first().click();
    await third.getByRole('heading', { name: 'Sign in again to continue' }).waitFor();
    await second.getByLabel('Username or email').fill(ben.username);
    await second.getByLabel('Password', { exact: true }).fill(ben.password);
    await second.keyboard.press('Enter');
    await eventOf(second, 'Twice').waitFor();
    await third.getByRole('heading', { name: 'Sign in again to continue' }).waitFor({ state: 'detached' });
    await context.close();
  });
});
