import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, getMe, listAppPasswords, listEvents, listFeeds } from '../../sdk/generated/sdk.gen.js';
import { fetchFeed } from '../support/calendar-feeds.js';
import { chromiumPath, unlessMissing } from '../support/chromium.js';
import { type Dashboard, eventOf, startDashboard } from '../support/dashboard.js';
import { basic } from '../support/dav.js';
import { ok, type Person } from '../support/test-app.js';
import { wednesday } from '../support/this-week.js';

const FILE = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//Example//EN',
  ...event('a@example.com', 'Choir', wednesday('18:00'), 'ATTENDEE:mailto:ben@example.com'),
  ...event('b@example.com', 'No such day', '2026-02-31T10:00:00'),
  ...['BEGIN:VTODO', 'UID:c@example.com', 'SUMMARY:Buy strings', 'END:VTODO'],
  'END:VCALENDAR',
  '',
].join('\r\n');

function event(uid: string, title: string, start: string, ...lines: string[]): string[] {
  const compact = start.replace(/[-:]/g, '');
  return [
    'BEGIN:VEVENT',
    `UID:${uid}`,
    `SUMMARY:${title}`,
    `DTSTART:${compact}Z`,
    'DURATION:PT1H',
    ...lines,
    'END:VEVENT',
  ];
}

describe.skipIf(!chromiumPath)(`other calendars in the dashboard${unlessMissing}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => (dashboard = await startDashboard()));
  afterAll(() => dashboard?.close());

  /** Opens the page of the settings that is about calendars. */
  async function openCalendars(page: Page) {
    await page.getByRole('button', { name: 'Settings' }).click();
    const settings = page.getByRole('dialog', { name: 'Settings' });
    await settings.getByRole('tab', { name: 'Calendars' }).click();
    return settings;
  }

  async function schedule(person: Person, title: string): Promise<void> {
    const body = { title, start_time: wednesday('09:00'), end_time: wednesday('10:00'), time_zone: 'UTC' };
    await ok(createEvent({ client: person.client, body }));
  }

  it('makes a feed whose link is shown once, replaces the link, and revokes it', async () => {
    const ana = await dashboard.app.signUp('ana');
    await schedule(ana, 'Dentist');
    const { page, context, complaints } = await dashboard.open(ana);
    const settings = await openCalendars(page);
    await settings.getByText('You have no feed yet.').waitFor();
    await settings.getByLabel('Name', { exact: true }).fill('For the family');
    await settings.getByLabel('What it shows').selectOption('Only when you are busy, without titles');
    await settings.getByRole('button', { name: 'Make a feed' }).click();
    const link = settings.getByLabel('Link', { exact: true });
    const path = new URL(await link.inputValue()).pathname;
    const fetched = await fetchFeed(dashboard.app, path);
    expect([fetched.status, fetched.headers['content-type']]).toEqual([200, 'text/calendar; charset=utf-8']);
    expect(fetched.text).toContain('SUMMARY:Busy');
    expect(fetched.text).not.toContain('Dentist');

    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await settings.getByRole('button', { name: 'Copy', exact: true }).click();
    await page.getByText('Link copied').waitFor();
    // The message is below the settings, and not over them.
    const end = await settings.evaluate((element) => element.getBoundingClientRect().bottom);
    expect((await page.locator('.toast').boundingBox())!.y).toBeGreaterThanOrEqual(end);
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await link.inputValue());
    await settings.getByRole('button', { name: 'Done' }).click();
    await link.waitFor({ state: 'detached' });

    await settings.getByRole('button', { name: 'Replace the link of “For the family”' }).click();
    await page
      .getByRole('dialog', { name: 'Replace the link of “For the family”' })
      .getByRole('button', { name: 'Replace the link', exact: true })
      .click();
    await link.waitFor();
    const replaced = new URL(await link.inputValue()).pathname;
    expect((await fetchFeed(dashboard.app, path)).status).toBe(404);
    expect((await fetchFeed(dashboard.app, replaced)).status).toBe(200);

    await settings.getByRole('button', { name: 'Revoke “For the family”' }).click();
    const question = page.getByRole('dialog', { name: 'Revoke “For the family”' });
    await question.getByRole('button', { name: 'Cancel' }).click();
    expect((await ok(listFeeds({ client: ana.client }))).items).toHaveLength(1);
    await settings.getByRole('button', { name: 'Revoke “For the family”' }).click();
    await question.getByRole('button', { name: 'Revoke', exact: true }).click();
    await settings.getByText('You have no feed yet.').waitFor();
    expect((await fetchFeed(dashboard.app, replaced)).status).toBe(404);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('makes an app password that opens the calendar until it is revoked, with the keyboard alone', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context, complaints } = await dashboard.open(ana);
    await page.getByRole('button', { name: 'Settings' }).press('Enter');
    const settings = page.getByRole('dialog', { name: 'Settings' });
    await settings.getByRole('tab', { name: 'General' }).focus();
    await page.keyboard.press('ArrowLeft');
    await settings.getByLabel('Name of the device').focus();
    await page.keyboard.type('Phone');
    await page.keyboard.press('Enter');
    const password = settings.getByLabel('App password', { exact: true });
    const secret = await password.inputValue();
    await settings.getByText('DAVx5').waitFor();
    await settings.getByText(`${dashboard.app.url}/`, { exact: true }).waitFor();
    await settings.getByRole('definition').filter({ hasText: ana.username }).first().waitFor();
    const read = async (): Promise<number> => {
      const headers = { authorization: basic(ana.username, secret), depth: '0' };
      return (await fetch(`${dashboard.app.url}/dav/`, { method: 'PROPFIND', headers })).status;
    };
    expect(await read()).toBe(207);

    // What was shown has the focus; from there it goes on to the buttons of its row.
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('The app password of “Phone”');
    await settings.getByRole('button', { name: 'Revoke “Phone”' }).press('Enter');
    await page.getByRole('dialog', { name: 'Revoke “Phone”' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await settings.getByText('No device has an app password yet.').waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Phones and desktops');
    expect(await read()).toBe(401);
    expect((await ok(listAppPasswords({ client: ana.client }))).items).toEqual([]);
    expect(complaints.filter((line) => !line.includes('401'))).toEqual([]);
    await context.close();
  });

  it('shows what a calendar file would bring, item by item, imports it, and gives one back', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context, complaints } = await dashboard.open(ana);
    const settings = await openCalendars(page);
    await settings.getByRole('button', { name: 'Make a feed' }).click();
    await settings.getByRole('region', { name: 'The link of “Without a name”' }).waitFor();
    await settings.getByRole('button', { name: 'Make an app password' }).click();
    await settings.getByRole('region', { name: 'The app password of “My phone”' }).waitFor();
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'choir.ics', mimeType: 'text/calendar', buffer: Buffer.from(FILE) });
    const preview = page.getByText('What “choir.ics” would bring');
    await preview.waitFor();
    // Above it are a link and a password; what the file would bring is in sight all the same.
    const shown = (await settings.locator('.sheet-body').boundingBox())!;
    const { y } = (await preview.boundingBox())!;
    expect(y).toBeGreaterThanOrEqual(shown.y);
    expect(y).toBeLessThan(shown.y + shown.height - 100);
    await page.getByText('Choir', { exact: true }).first().waitFor();
    // What could not be carried over: an event whole, and a part of another one.
    await page.getByRole('heading', { name: 'Left out' }).waitFor();
    await page.getByText('No such day').waitFor();
    const leftOut = page.locator('h5', { hasText: 'Left out' }).locator('xpath=following-sibling::ul[1]');
    await leftOut.getByText('VTODO “Buy strings” is not an event, and was left out.').waitFor();
    expect(await settings.getByText('Without a title').count()).toBe(0);
    await page.getByRole('heading', { name: 'Read differently' }).waitFor();
    await page.getByText(/^Line 9: /).waitFor();
    expect((await ok(listEvents({ client: ana.client }))).items).toEqual([]);
    await page.getByRole('button', { name: 'Import 1 event' }).click();
    await page.getByText('Imported “choir.ics”').waitFor();
    await eventOf(page, 'Choir').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export all events' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('convene.ics');
    expect(await readFile(await download.path(), 'utf8')).toContain('SUMMARY:Choir');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('offers zones by the names that they have today, each once, and every one can be chosen', async () => {
    const ana = await dashboard.app.signUp('ana', 'Asia/Calcutta');
    const { page, context, complaints } = await dashboard.open(ana);
    await page.getByRole('button', { name: 'Settings' }).click();
    const picker = page.getByLabel('Your time zone');
    expect(await picker.inputValue()).toBe('Asia/Kolkata');
    const names = await picker.locator('option').allInnerTexts();
    expect(names).toEqual([...new Set(names)]);
    expect(names).toEqual(expect.arrayContaining(['UTC', 'Asia/Kolkata', 'Europe/Kyiv', 'America/Argentina/Jujuy']));
    expect(names.filter((name) => /Calcutta|Kiev|Saigon|Rangoon/.test(name))).toEqual([]);
    await picker.selectOption('UTC');
    await expect.poll(async () => (await ok(getMe({ client: ana.client }))).time_zone).toBe('UTC');
    expect(complaints).toEqual([]);
    await context.close();
  });
});
