import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, deleteEvent, getEvent, listEvents, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { chromiumPath, unlessMissing } from '../support/chromium.js';
import { type Dashboard, eventOf, startDashboard } from '../support/dashboard.js';
import { done } from '../support/requests.js';
import { ok, type Person } from '../support/test-app.js';
import { wednesday } from '../support/this-week.js';

const PHONE = { width: 390, height: 844 };

describe.skipIf(!chromiumPath)(`what can be done to an event in the dashboard${unlessMissing}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => (dashboard = await startDashboard()));
  afterAll(() => dashboard?.close());

  const times = { start_time: wednesday('09:00'), end_time: wednesday('10:00'), time_zone: 'UTC' };
  const schedule = (person: Person, body: object = {}) =>
    ok(createEvent({ client: person.client, body: { title: 'Plan', ...times, ...body } }));
  const read = (person: Person, id: string) => ok(getEvent({ client: person.client, path: { id } }));

  it('edits the day and the times of a new event where it is made', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context, complaints } = await dashboard.open(ana);
    await page.keyboard.press('c');
    const box = page.getByRole('dialog', { name: 'New event' });
    await box.getByLabel('Title').fill('Standup');
    await box.getByLabel('Day', { exact: true }).fill(wednesday('').slice(0, 10));
    await box.getByLabel('From').fill('08:15');
    await box.getByLabel('To', { exact: true }).fill('08:35');
    // The focus stays where the time is typed.
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('To');
    await box.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Created “Standup”').waitFor();
    const { items } = await ok(listEvents({ client: ana.client }));
    expect(items).toMatchObject([
      { start_time: `${wednesday('08:15')}Z`, end_time: `${wednesday('08:35')}Z`, all_day: false },
    ]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('shows events of one time beside each other, also beside the details, and breaks no word', async () => {
    const ana = await dashboard.app.signUp('ana');
    for (const title of ['Release', 'Portfolio', 'Telephone']) await schedule(ana, { title, on_conflict: 'allow' });
    const { page, context } = await dashboard.open(ana);
    await eventOf(page, 'Portfolio').click();
    await page.getByRole('heading', { name: 'Portfolio' }).waitFor();
    // The calendar is narrower now, and drawn again.
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    const events = () =>
      page.locator('#calendar .ev').evaluateAll((elements) =>
        elements
          .map((element) => ({ ...element.getBoundingClientRect().toJSON(), title: element.querySelector('.tt')! }))
          .sort((one, other) => one.left - other.left)
          .map(({ left, title }, index, all) => {
            const word = document.createRange();
            word.selectNodeContents(title);
            return {
              isBeside: index === 0 || left >= all[index - 1]!.right - 1,
              lines: new Set([...word.getClientRects()].map(({ top }) => top)).size,
            };
          }),
      );
    const eachOnOneLine = Array.from({ length: 3 }, () => ({ isBeside: true, lines: 1 }));
    await expect.poll(events).toEqual(eachOnOneLine);
    await context.close();
    // A week on a phone has columns of 49 pixels.
    const phone = await dashboard.open(ana, { ...PHONE, path: '/calendar/week' });
    await eventOf(phone.page, 'Portfolio').waitFor();
    const lines = () =>
      phone.page.locator('#calendar .ev .tt').evaluateAll((titles) =>
        titles.map((title) => {
          const word = document.createRange();
          word.selectNodeContents(title);
          return new Set([...word.getClientRects()].map(({ top }) => top)).size;
        }),
      );
    await expect.poll(lines).toEqual([1, 1, 1]);
    await phone.context.close();
  });

  it('compares any two versions on a phone, and downloads the event as a file', async () => {
    const ana = await dashboard.app.signUp('ana');
    // The agenda of a phone begins today.
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const { id } = await schedule(ana, { start_time: `${tomorrow}T09:00:00`, end_time: `${tomorrow}T10:00:00` });
    for (const title of ['Plan B', 'Plan C', 'Plan D'])
      await ok(updateEvent({ client: ana.client, path: { id }, body: { title } }));
    const [night, after] = [22, 26].map((hours) => new Date(Date.parse(tomorrow) + hours * 3_600_000).toISOString());
    await schedule(ana, { title: 'Night', start_time: night, end_time: after });
    const { page, context, complaints } = await dashboard.open(ana, PHONE);
    // It begins on one day, and comes first on the next until it ends.
    const nights = page.locator('#calendar [data-key]', { hasText: 'Night' });
    await nights.nth(1).waitFor();
    expect(await nights.locator('.w').allTextContents()).toEqual(['22:00', 'until 02:00']);
    await eventOf(page, 'Plan D').click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download as a calendar file' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('Plan D.ics');
    expect(await readFile(await file.path(), 'utf8')).toContain('SUMMARY:Plan D');
    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByLabel('From', { exact: true }).selectOption('Version 1');
    await page.getByLabel('To', { exact: true }).selectOption('Version 3');
    // What can be done is on the screen, however much is above it.
    const box = (await page.getByRole('button', { name: 'Undo only version 3', exact: true }).boundingBox())!;
    expect(box.y + box.height).toBeLessThan(PHONE.height);
    await page.getByRole('button', { name: 'Restore version 1', exact: true }).click();
    await page.getByText('Restored version 1').waitFor();
    expect(await read(ana, id)).toMatchObject({ title: 'Plan', version: 5 });
    // The comment that the server writes is in the summary.
    const newest = page.getByRole('listitem').filter({ hasText: 'v5' });
    await newest.waitFor();
    expect((await newest.textContent())!.match(/Rolled back to version 1/g)).toHaveLength(1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('adds a date to a series, removes it, and brings a removed date back', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { id, excluded } = await schedule(ana, {
      title: 'Choir',
      recurrence_pattern: 'FREQ=WEEKLY;COUNT=4',
      excluded: [later(7)],
    });
    expect(excluded).toHaveLength(1);
    const { page, context, complaints } = await dashboard.open(ana);
    await eventOf(page, 'Choir').click();
    const dates = page.getByRole('list', { name: 'Single dates' });
    await page.getByRole('button', { name: 'Add a date' }).click();
    await page.getByLabel('Additional date').fill(later(1).slice(0, 10));
    await page.getByRole('button', { name: 'Add', exact: true }).press('Enter');
    await dates.getByText(/^Also on/).waitFor();
    expect((await read(ana, id)).added).toEqual([`${later(1)}Z`]);
    await dates.getByRole('button', { name: /^Remove/ }).press('Enter');
    await dates.getByText(/^Also on/).waitFor({ state: 'detached' });
    await dates.getByRole('button', { name: /^Bring back/ }).press('Enter');
    await dates.getByRole('button', { name: /^Bring back/ }).waitFor({ state: 'detached' });
    expect(await read(ana, id)).toMatchObject({ excluded: [], added: [], version: 4 });
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('shows what happened to an event in the trash', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { id } = await schedule(ana);
    await ok(updateEvent({ client: ana.client, path: { id }, body: { title: 'Plan B', change_comment: 'Better' } }));
    await done(deleteEvent({ client: ana.client, path: { id } }));
    const { page, context, complaints } = await dashboard.open(ana);
    await page.getByRole('button', { name: 'Trash' }).press('Enter');
    await page.getByRole('button', { name: 'History of “Plan B”' }).press('Enter');
    const entries = page.getByRole('list', { name: 'History of “Plan B”' }).getByRole('listitem');
    await entries.filter({ hasText: 'Better' }).waitFor();
    expect(await entries.count()).toBe(3);
    expect(complaints).toEqual([]);
    await context.close();
  });
});

/** Nine o’clock so many days after this week’s Wednesday. */
function later(days: number): string {
  const day = new Date(`${wednesday('09:00')}Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 19);
}
