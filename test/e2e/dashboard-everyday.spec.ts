import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, getEvent, listEvents, shareEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { chromiumPath, unlessMissing } from '../support/chromium.js';
import { type Dashboard, eventOf, holdLists, startDashboard } from '../support/dashboard.js';
import { ok, type Person } from '../support/test-app.js';
import { wednesday } from '../support/this-week.js';

describe.skipIf(!chromiumPath)(`what the dashboard keeps, counts and says${unlessMissing}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => (dashboard = await startDashboard()));
  afterAll(() => dashboard?.close());

  const times = { start_time: wednesday('09:00'), end_time: wednesday('10:00'), time_zone: 'UTC' };
  const schedule = (person: Person, body: object = {}) =>
    ok(createEvent({ client: person.client, body: { title: 'Plan', ...times, ...body } }));
  const rename = (person: Person, id: string, title: string) =>
    ok(updateEvent({ client: person.client, path: { id }, body: { title } }));

  /** Ana has 56 unread notifications of an event of ben’s, behind 60 of her own changes. */
  async function shareMuchChanged(): Promise<{ ana: Person; ben: Person; id: string }> {
    const [ana, ben] = [await dashboard.app.signUp('ana'), await dashboard.app.signUp('ben')];
    const { id } = await schedule(ben);
    await ok(shareEvent({ client: ben.client, path: { id }, body: { user_id: ana.id, role: 'editor' } }));
    for (let number = 1; number <= 55; number += 1) await rename(ben, id, `By ben ${number}`);
    for (let number = 1; number <= 60; number += 1) await rename(ana, id, `By ana ${number}`);
    return { ana, ben, id };
  }

  it('lists every unread notification behind changes of one’s own, and marks none as read that is not listed', async () => {
    const { ana } = await shareMuchChanged();
    const { page, context, complaints } = await dashboard.open(ana);
    await page.getByRole('button', { name: 'Notifications, 56 unread' }).click();
    const inbox = page.getByRole('dialog', { name: 'Notifications' });
    await inbox.locator('.nt').nth(29).waitFor();
    expect(await inbox.locator('.nt').count()).toBeLessThan(56);
    expect(await inbox.getByRole('button', { name: 'Mark all read' }).count()).toBe(0);
    await inbox.getByRole('button', { name: 'Show all 56 unread' }).click();
    await inbox.locator('.nt').nth(55).waitFor();
    await inbox.getByRole('button', { name: 'Mark all read' }).click();
    await page.getByRole('button', { name: 'Notifications, 0 unread' }).waitFor();
    // Older ones come when they are asked for.
    await inbox.getByRole('button', { name: 'Load earlier' }).click();
    await inbox.locator('.nt').nth(55).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('keeps the unread notifications that were asked for while it was still reading the newest', async () => {
    const { ana, ben, id } = await shareMuchChanged();
    const { page, context, complaints } = await dashboard.open(ana);
    const bell = page.getByRole('button', { name: 'Notifications, 56 unread' });
    await bell.waitFor();
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await page.route(
      (url) =>
        url.pathname === '/api/notifications' && url.searchParams.has('cursor') && !url.searchParams.has('unread'),
      async (route) => {
        await released;
        await route.continue();
      },
    );
    await bell.click();
    const inbox = page.getByRole('dialog', { name: 'Notifications' });
    await inbox.getByRole('button', { name: 'Show all 56 unread' }).click();
    // They may be listed before or after the newest have been read, and are listed then.
    await inbox
      .locator('.nt')
      .nth(55)
      .waitFor({ timeout: 2_000 })
      .catch(() => undefined);
    await rename(ben, id, 'By ben, meanwhile');
    release();
    await inbox.getByRole('button', { name: 'Mark all read' }).waitFor();
    await inbox.locator('.nt').nth(56).waitFor();
    await page.getByRole('button', { name: 'Notifications, 57 unread' }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('shows the present for days that no calendar has, and says that an event of no such name is gone', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context, complaints } = await dashboard.open(ana, { path: '/calendar/week/2026-13-45' });
    for (const path of ['/calendar/month/9999-12-31', '/calendar/none/0000-01-01', '/calendar/day/2026-02-30']) {
      await page.goto(dashboard.app.url + path);
      await page.locator('#calendar .fc, #calendar .grid').first().waitFor();
      const today = new Date().toISOString().slice(0, 10);
      await expect.poll(() => new URL(page.url()).pathname.endsWith(`/${today}`)).toBe(true);
    }
    for (const id of ['.', '..', 'zzz', 'a/b']) {
      await page.goto(`${dashboard.app.url}/?event=${encodeURIComponent(id)}`);
      await page.getByText('You no longer have access').waitFor();
    }
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('says which dates of a series it deletes, and what it has undone', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { id } = await schedule(ana, { title: 'Standup', recurrence_pattern: 'FREQ=DAILY;COUNT=3' });
    const { page, context, complaints } = await dashboard.open(ana);
    const dates = page.locator('#calendar [data-key]', { hasText: 'Standup' });
    await dates.nth(2).waitFor();
    const ask = async (nth: number, choice: RegExp): Promise<void> => {
      await dates.nth(nth).focus();
      await page.keyboard.press('Delete');
      const dialog = page.getByRole('dialog', { name: 'Delete which dates?' });
      await dialog.getByRole('radio', { name: choice }).click();
      expect(await dialog.getByText('Splits').count()).toBe(0);
      await dialog.getByRole('button', { name: 'Delete' }).click();
    };
    await ask(1, /and all later dates/);
    await page.getByText(/^Deleted .* and all later dates of “Standup”/).waitFor();
    await dates.nth(1).waitFor({ state: 'detached' });
    await page.keyboard.press('Control+z');
    await page.getByText(/^Undone: Deleted .* and all later dates of “Standup”/).waitFor();
    await dates.nth(2).waitFor();
    // From the first date on nothing is left: then it is the whole.
    await ask(0, /and all later dates/);
    await page.getByText('Moved “Standup” to the trash').waitFor();
    await page.keyboard.press('Control+z');
    await dates.nth(2).waitFor();
    // A move of later dates splits the series; its undo says what becomes of the part.
    await dates.nth(1).focus();
    await page.keyboard.press('Alt+ArrowDown');
    const dialog = page.getByRole('dialog', { name: 'Change which dates?' });
    await dialog.getByRole('radio', { name: /and all later dates/ }).click();
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await page.getByText(/^Moved “Standup” to \w+day/).waitFor();
    await page.keyboard.press('Control+z');
    await page.getByText('It is one series again; the part that was split off is in the trash').waitFor();
    expect((await ok(getEvent({ client: ana.client, path: { id } }))).rrule).toContain('COUNT=3');
    // Whether anything is left of the series is asked.
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
    await context.close();
  });

  it('saves with Ctrl Enter wherever the focus is, and draws the time that the form says', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context, complaints } = await dashboard.open(ana);
    const card = page.getByRole('dialog', { name: 'New event' });
    await page.keyboard.press('c');
    await card.getByLabel('Title').fill('From the card');
    await card.getByLabel('From').focus();
    await page.keyboard.press('Control+Enter');
    await page.getByText('Created “From the card”').waitFor();
    await page.goto(`${dashboard.app.url}/calendar/day/2027-06-10`);
    await page.locator('#calendar').waitFor();
    await page.keyboard.press('c');
    await card.getByRole('button', { name: 'More' }).click();
    await page.getByLabel('Title').fill('Far away');
    await page.getByLabel('Time zone', { exact: true }).selectOption('America/New_York');
    await page.getByText(/For you: .*13:00/).waitFor();
    await page.locator('#calendar .draft', { hasText: '13:00' }).waitFor();
    // An end before the start is on another day, and that is said.
    await page.getByLabel('To', { exact: true }).fill('08:00');
    await page.getByText(/Ends on Friday,? 11 June 2027, after 23 h/).waitFor();
    await page.getByRole('textbox', { name: 'Description' }).focus();
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { name: 'Far away' }).waitFor();
    const { items } = await ok(listEvents({ client: ana.client, query: { q: 'Far away' } }));
    expect(items).toMatchObject([{ start_time: '2027-06-10T13:00:00Z', end_time: '2027-06-11T12:00:00Z' }]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('loses nothing that was typed, however the form is closed', async () => {
    const [ana, ben] = [await dashboard.app.signUp('ana'), await dashboard.app.signUp('ben')];
    const { id } = await schedule(ana);
    await ok(shareEvent({ client: ana.client, path: { id }, body: { user_id: ben.id, role: 'editor' } }));
    const { page, context, complaints } = await dashboard.open(ana);
    const card = page.getByRole('dialog', { name: 'New event' });
    await page.keyboard.press('c');
    await card.getByLabel('Title').fill('Half typed');
    await page.keyboard.press('Escape');
    await page.getByText('Draft kept: “Half typed”').waitFor();
    // Over a reload too, until it is discarded or saved.
    await page.reload();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.keyboard.press('c');
    await card.getByRole('button', { name: 'Continue' }).click();
    expect(await page.getByLabel('Title').inputValue()).toBe('Half typed');
    // It is saved as soon as it says so, although the calendar has not been read again.
    const read = await holdLists(page);
    await page.getByRole('button', { name: 'Save', exact: true }).last().click();
    await page.getByText('Created “Half typed”').waitFor();
    await page.getByRole('button', { name: 'Close' }).first().click();
    await card.waitFor({ state: 'detached' });
    read();
    await page.keyboard.press('c');
    await card.waitFor();
    expect(await card.getByRole('button', { name: 'Continue' }).count()).toBe(0);
    await page.keyboard.press('Escape');
    // What others change meanwhile is not put back by what was typed before.
    await eventOf(page, 'Plan').click();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByLabel('Title').fill('Plan, half typed');
    await page.keyboard.press('Escape');
    await page.getByText('Draft kept: “Plan”').waitFor();
    await ok(updateEvent({ client: ben.client, path: { id }, body: { location: 'Room 9' } }));
    await page.getByText('Room 9').first().waitFor();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    // Also when it is opened before the event has been read again.
    await expect.poll(() => page.getByLabel('Location').inputValue()).toBe('Room 9');
    expect(await page.getByLabel('Title').inputValue()).toBe('Plan, half typed');
    await page.getByRole('button', { name: 'Discard' }).click();
    expect(await page.getByLabel('Title').inputValue()).toBe('Plan');
    // Nor is a form kept whose change is saved, while the calendar is read again.
    await page.getByLabel('Title').fill('Plan, saved');
    const readAgain = await holdLists(page);
    await page.getByRole('button', { name: 'Save', exact: true }).last().click();
    await page.getByText('Saved “Plan, saved”').waitFor();
    await page.getByRole('button', { name: 'Close' }).first().click();
    await page.getByLabel('Title').waitFor({ state: 'detached' });
    expect(await page.getByText('Draft kept').count()).toBe(0);
    readAgain();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('offers to restore the version that was clicked, and finds a series at its next date', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { id } = await schedule(ana);
    for (const title of ['Plan B', 'Plan C', 'Plan D']) await rename(ana, id, title);
    await schedule(ana, {
      title: 'Critique',
      start_time: '2024-01-03T16:00:00',
      end_time: '2024-01-03T17:00:00',
      recurrence_pattern: 'FREQ=DAILY',
      on_conflict: 'allow',
    });
    const { page, context, complaints } = await dashboard.open(ana);
    await eventOf(page, 'Plan D').click();
    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByRole('listitem').filter({ hasText: 'v3' }).getByRole('button').click();
    const restore = page.locator('.df .pri');
    await restore.filter({ hasText: 'Restore version 3' }).click();
    await page.getByText('Restored version 3').waitFor();
    expect(await ok(getEvent({ client: ana.client, path: { id } }))).toMatchObject({ title: 'Plan C', version: 5 });
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.getByRole('combobox', { name: 'Search and commands' }).fill('critique');
    const found = page.getByRole('option', { name: /Critique/ }).first();
    await found.waitFor();
    await expect.poll(() => found.textContent()).not.toContain('2024');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Critique' }).waitFor();
    expect(new URL(page.url()).pathname).not.toContain('2024');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('knows people whatever days are on the screen, and books a time that suits nearly everybody', async () => {
    const [ana, ben] = [await dashboard.app.signUp('ana'), await dashboard.app.signUp('ben')];
    const far = { start_time: '2031-06-09T09:00:00', end_time: '2031-06-09T18:00:00' };
    const { id } = await schedule(ben, { title: 'Far', ...far });
    await ok(shareEvent({ client: ben.client, path: { id }, body: { user_id: ana.id, role: 'viewer' } }));
    await schedule(ana, { title: 'Mine', ...far });
    const { page, context, complaints } = await dashboard.open(ana);
    await page.getByRole('checkbox', { name: ben.username }).waitFor();
    const panel = page.getByRole('dialog', { name: 'Find a time' });
    await page.keyboard.press('f');
    await panel.getByRole('button', { name: ben.username }).waitFor();
    await page.goto(`${dashboard.app.url}/calendar/week/2031-06-09`);
    await eventOf(page, 'Mine').waitFor();
    await page.keyboard.press('f');
    await panel.getByRole('button', { name: ben.username }).waitFor();
    expect(await panel.getByLabel('From').inputValue()).toBe('2031-06-09');
    await panel.getByLabel('Days').fill('1');
    await panel.getByText('No time on these days works for you.').waitFor();
    await panel
      .getByRole('button', { name: /you are busy/ })
      .first()
      .click();
    await page.getByRole('dialog', { name: 'New event' }).getByText('Overlaps “Mine”').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('begins a rule of one’s own with the weekday of the event, and makes an hour of a click', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context, complaints } = await dashboard.open(ana, { path: '/calendar/day/2027-06-07' });
    const box = (await page.locator('#calendar').boundingBox())!;
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    const card = page.getByRole('dialog', { name: 'New event' });
    const [from, to] = [
      await card.getByLabel('From').inputValue(),
      await card.getByLabel('To', { exact: true }).inputValue(),
    ];
    const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
    expect(minutes(to) - minutes(from)).toBe(60);
    await card.getByRole('button', { name: 'More' }).click();
    // 7 June 2027 is a Monday.
    await page.getByLabel('Recurrence').first().selectOption('Custom');
    const days = page.getByRole('group', { name: 'On these days' }).getByRole('button', { pressed: true });
    await days.first().waitFor();
    expect(await days.evaluateAll((all) => all.map((day) => day.getAttribute('aria-label')))).toEqual(['Monday']);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('marks every day of the week on a phone, and stays where one reads when earlier days come', async () => {
    const ana = await dashboard.app.signUp('ana');
    const body = { title: 'Daily', start_time: '2027-01-01T09:00:00', end_time: '2027-01-01T10:00:00' };
    await schedule(ana, { ...body, recurrence_pattern: 'FREQ=DAILY' });
    // A Sunday, the last day of its week.
    const { page, context, complaints } = await dashboard.open(ana, {
      path: '/calendar/agenda/2027-06-13',
      width: 390,
      height: 844,
    });
    await page.locator('.strip7 i').nth(6).waitFor();
    const first = page.getByRole('heading', { name: /13 June/ });
    const before = (await first.boundingBox())!.y;
    await page.getByRole('button', { name: 'Load earlier' }).click();
    await page.getByRole('heading', { name: /24 May/ }).waitFor({ state: 'attached' });
    await expect.poll(async () => Math.abs((await first.boundingBox())!.y - before)).toBeLessThan(4);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
