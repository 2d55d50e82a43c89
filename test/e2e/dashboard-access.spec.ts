import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, shareEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { chromiumPath, unlessMissing } from '../support/chromium.js';
import { type Dashboard, eventOf, startDashboard } from '../support/dashboard.js';
import { ok } from '../support/test-app.js';

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string; failureSummary: string }[];
}

/** One event, and one without a start. */
const FILE = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//Calendar//EN
BEGIN:VEVENT
UID:good@example.com
DTSTAMP:20260601T090000Z
DTSTART:20260601T090000Z
DTEND:20260601T100000Z
SUMMARY:Dentist
END:VEVENT
BEGIN:VEVENT
UID:bad@example.com
DTSTAMP:20260601T090000Z
SUMMARY:Whenever
END:VEVENT
END:VCALENDAR
`.replaceAll('\n', '\r\n');

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
    const [ana, ben] = [await dashboard.app.signUp('ana'), await dashboard.app.signUp('ben')];
    await dashboard.app.database.query(`UPDATE users SET role = 'admin' WHERE id = $1`, [ana.id]);
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
    await ok(
      createEvent({ client: ana.client, body: { ...body, title: 'Errand', start_time: at(14), end_time: at(15) } }),
    );
    await ok(shareEvent({ client: ana.client, path: { id }, body: { user_id: ben.id, role: 'editor' } }));
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
    const command = async (name: string, title = name): Promise<Locator> => {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Search and commands' }).fill(name);
      await page.getByRole('option', { name, exact: true }).click();
      const panel = page.getByRole('dialog', { name: title });
      await panel.waitFor();
      return panel;
    };
    for (const name of ['Trash', 'Changes to send']) {
      await command(name);
      await look(name);
      await page.keyboard.press('Escape');
    }
    const administration = await command('Administration');
    await administration.getByText('Live connections').waitFor();
    await administration.getByLabel(`Actions for ${ben.username}`).waitFor();
    await look('Administration');
    await page.keyboard.press('Escape');
    const activity = await command('Your activity', 'Activity');
    await activity.getByText('Signed in').first().waitFor();
    await look('Activity');
    await page.keyboard.press('Escape');
    const settings = await command('Settings');
    for (const name of ['General', 'Account', 'Calendars']) {
      await settings.getByRole('tab', { name }).click();
      await settings.getByRole('tabpanel', { name }).waitFor();
      await look(`Settings: ${name}`);
    }
    const chooser = page.waitForEvent('filechooser');
    await settings.getByRole('button', { name: 'Import a file' }).click();
    await (await chooser).setFiles({ name: 'calendar.ics', mimeType: 'text/calendar', buffer: Buffer.from(FILE) });
    await settings.getByText('Left out').waitFor();
    await look('Settings with a file to import');
    await page.keyboard.press('Escape');

    const open = async (title: string): Promise<void> => {
      await page.keyboard.press('w');
      await eventOf(page, title).click();
      await page.getByRole('heading', { name: title }).waitFor();
    };
    await open('Planning of the year');
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByLabel('From').fill('13:30');
    await page.getByLabel('To', { exact: true }).fill('15:30');
    await page.getByText('Overlaps “Errand”').waitFor();
    await look('overlap before saving');
    await page.getByRole('button', { name: 'Save', exact: true }).last().click();
    await page.getByRole('alertdialog', { name: 'This overlaps with another event' }).waitFor();
    await look('conflict');
    await page.keyboard.press('Escape');
    await page.getByLabel('From').fill('09:00');
    await page.getByLabel('To', { exact: true }).fill('10:00');
    await page.getByLabel('Title').fill('Planning by ana');
    await ok(updateEvent({ client: ben.client, path: { id }, body: { title: 'Planning by ben' } }));
    await page.getByRole('button', { name: 'Save', exact: true }).last().click();
    const clash = page.getByRole('dialog', { name: `${ben.username} changed this event while you were editing` });
    await clash.waitFor();
    await look('clash');
    await clash.getByRole('button', { name: 'Discard mine' }).click();
    await page.getByRole('heading', { name: 'Planning by ben' }).waitFor();
    await page.keyboard.press('Escape');

    await context.setOffline(true);
    await page.getByText('Offline', { exact: true }).waitFor();
    await page.locator('#calendar').focus();
    await page.keyboard.press('c');
    await page.getByRole('dialog', { name: 'New event' }).getByLabel('Title').fill('On a train');
    await look('new event');
    await page.keyboard.press('Enter');
    await page.getByText('Offline, 1 to send').waitFor();
    await look('offline');
    await command('Changes to send');
    await page.getByRole('button', { name: 'Discard' }).waitFor();
    await look('changes that wait');
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByText('Everything is sent.').waitFor();
    await page.keyboard.press('Escape');
    await context.setOffline(false);
    await page.getByText('Live', { exact: true }).waitFor();
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((name) => [name, []])));
    // Nothing is wider than the window.
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await context.close();
  });
});
