import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, listEvents, shareEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { chromiumPath, unlessMissing } from '../support/chromium.js';
import { type Dashboard, eventOf, holdLists, holdReads, holdWrites, startDashboard } from '../support/dashboard.js';
import { begin, beginInDrawer, closeDrawer, edit, field, heading, save } from '../support/dashboard-forms.js';
import { ok, type Person } from '../support/test-app.js';
import { wednesday } from '../support/this-week.js';

describe.skipIf(!chromiumPath)(`what is typed and opened while the server takes its time${unlessMissing}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => (dashboard = await startDashboard()));
  afterAll(() => dashboard?.close());

  const choose = (page: Page, what: RegExp, then: string) => answer(page.getByRole('dialog'), what, then);
  async function answer(dialog: ReturnType<Page['getByRole']>, what: RegExp, then: string): Promise<void> {
    await dialog.getByRole('radio', { name: what }).click();
    await dialog.getByRole('button', { name: then }).click();
  }
  const created = (person: Person) => ok(listEvents({ client: person.client, query: { sort: 'start_time' } }));
  const isNewEvent = /\/api\/events$/;

  it('creates one event of a draft, from whichever of its forms it is saved', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context, complaints } = await dashboard.open(ana);
    await begin(page, 'Once');
    const release = await holdWrites(page, isNewEvent);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'More' }).click();
    await heading(page, 'New event');
    await save(page);
    await page.keyboard.press('Escape');
    await page.getByRole('status').getByRole('button', { name: 'Continue' }).click();
    await heading(page, 'New event');
    await save(page);
    release();
    await page.getByText('Created “Once”').waitFor();
    await page.locator('.drawer').waitFor({ state: 'detached' });
    const { items } = await created(ana);
    expect(items.map(({ title }) => title)).toEqual(['Once']);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('makes two events of two drafts, the second begun before the first is created', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context, complaints } = await dashboard.open(ana);
    await begin(page, 'First');
    const release = await holdWrites(page, isNewEvent);
    await page.keyboard.press('Enter');
    await page.mouse.click(700, 400);
    await page.getByRole('status').getByText('Draft kept: “First”').waitFor();
    await field(page, 'Title').fill('Second');
    await page.keyboard.press('Enter');
    release();
    await eventOf(page, 'First').waitFor();
    await eventOf(page, 'Second').waitFor();
    await expect
      .poll(async () => (await created(ana)).items.map(({ title }) => title).sort())
      .toEqual(['First', 'Second']);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('keeps what is typed of a new event over closing before, and a reload after, it is created', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context, complaints } = await dashboard.open(ana);
    const offered = async (title: string, location: string): Promise<void> => {
      await edit(page, title);
      expect(await field(page, 'Location').inputValue()).toBe(location);
      await page.getByRole('button', { name: 'Discard' }).click();
      await closeDrawer(page);
    };
    await beginInDrawer(page, 'Closed');
    let release = await holdWrites(page, isNewEvent);
    await save(page);
    await field(page, 'Location').fill('Room 3');
    await closeDrawer(page);
    release();
    await page.getByText('Created “Closed”').waitFor();
    await offered('Closed', 'Room 3');
    await page.goto(`${dashboard.app.url}/calendar/week/2031-03-05`);
    await page.locator('#calendar').waitFor();
    await beginInDrawer(page, 'Reloaded');
    release = await holdLists(page);
    await save(page);
    await page.getByText('Created “Reloaded”').waitFor();
    await field(page, 'Location').fill('Room 4');
    await page.unroute(/\/api\/events\?/);
    await page.reload();
    release();
    await offered('Reloaded', 'Room 4');
    expect((await created(ana)).items.map(({ title, location }) => [title, location]).sort()).toEqual([
      ['Closed', null],
      ['Reloaded', null],
    ]);
    expect(complaints.filter((text) => !/Failed to fetch|ERR_/.test(text))).toEqual([]);
    await context.close();
  });

  it('lets the hands stay where they are when the form of a new event becomes that of the event', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context, complaints } = await dashboard.open(ana);
    await beginInDrawer(page, 'Hands');
    const create = await holdWrites(page, isNewEvent);
    const read = await holdReads(page, /\/changelog/);
    await field(page, 'Location').click();
    await page.keyboard.press('Control+Enter');
    await page.keyboard.type('Room p');
    create();
    await eventOf(page, 'Hands').waitFor();
    await page.keyboard.type('hca');
    read();
    await heading(page, 'Edit event');
    await page.keyboard.type(' and t');
    expect(await field(page, 'Location').inputValue()).toBe('Room phca and t');
    expect(await field(page, 'Title').inputValue()).toBe('Hands');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('keeps what is typed of one date while it and later ones are saved, and tells dates of a series apart', async () => {
    const ana = await dashboard.app.signUp('ana');
    const times = { start_time: wednesday('09:00'), end_time: wednesday('10:00'), time_zone: 'UTC' };
    const body = { title: 'Series', ...times, recurrence_pattern: 'FREQ=DAILY;COUNT=4' };
    await ok(createEvent({ client: ana.client, body }));
    const { page, context, complaints } = await dashboard.open(ana);
    const dates = page.locator('#calendar [data-key]', { hasText: 'Series' });
    await dates.nth(3).waitFor();
    const editDate = async (nth: number): Promise<void> => {
      await dates.nth(nth).click();
      await heading(page, 'Series');
      await page.getByRole('button', { name: 'Edit', exact: true }).click();
    };
    // One date is deleted while another is edited.
    let release = await holdWrites(page, /occurrence=/);
    await dates.nth(0).focus();
    await page.keyboard.press('Delete');
    await choose(page, /Only/, 'Delete');
    await editDate(1);
    await field(page, 'Location').fill('Room 1');
    release();
    await page.getByText(/^Deleted .* of “Series”/).waitFor();
    expect(await field(page, 'Location').inputValue()).toBe('Room 1');
    // What is typed while the rest of a series is saved is of the part that it becomes.
    await page.keyboard.press('Escape');
    await editDate(1);
    await field(page, 'Title').fill('Tail');
    release = await holdWrites(page, /occurrence=/);
    await save(page);
    await choose(page, /and all later dates/, 'Continue');
    await field(page, 'Location').fill('Room 2');
    release();
    await page.getByText('Saved “Tail”').waitFor();
    await expect.poll(() => field(page, 'Title').inputValue()).toBe('Tail');
    expect(await field(page, 'Location').inputValue()).toBe('Room 2');
    await page.getByText('Draft kept', { exact: true }).waitFor();
    await save(page);
    await choose(page, /All dates/, 'Continue');
    await field(page, 'Location').waitFor({ state: 'detached' });
    const { items } = await ok(listEvents({ client: ana.client, query: { q: 'Tail' } }));
    expect(items).toMatchObject([{ title: 'Tail', location: 'Room 2' }]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('sends what is saved of an event that waits on the device while that reaches the server', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context } = await dashboard.open(ana);
    await context.setOffline(true);
    await begin(page, 'Local');
    await page.keyboard.press('Enter');
    await edit(page, 'Local');
    await field(page, 'Location').fill('Room 1');
    const read = await holdReads(page, /\/changelog/);
    await context.setOffline(false);
    await expect.poll(async () => (await created(ana)).items.length).toBe(1);
    await save(page);
    await field(page, 'Location').waitFor({ state: 'detached' });
    read();
    await expect.poll(async () => (await created(ana)).items.map(({ location }) => location)).toEqual(['Room 1']);
    await context.close();
  });

  it('keeps what is typed of a series that was opened without a date while all of it is saved', async () => {
    const ana = await dashboard.app.signUp('ana');
    const times = { start_time: wednesday('09:00'), end_time: wednesday('10:00'), time_zone: 'UTC' };
    const body = { title: 'Series', ...times, recurrence_pattern: 'FREQ=DAILY;COUNT=4' };
    const { id } = await ok(createEvent({ client: ana.client, body }));
    const { page, context, complaints } = await dashboard.open(ana, { path: `/?event=${id}` });
    await heading(page, 'Series');
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await field(page, 'Title').fill('Whole');
    const release = await holdWrites(page, /\/api\/events\/[^/]+$/);
    await save(page);
    await choose(page, /All dates/, 'Continue');
    await field(page, 'Location').fill('Room 5');
    release();
    await page.getByText('Saved “Whole”').waitFor();
    await eventOf(page, 'Whole').first().waitFor();
    await closeDrawer(page);
    await page.getByRole('status').filter({ hasText: 'Draft kept' }).getByRole('button', { name: 'Continue' }).click();
    expect(await field(page, 'Location').inputValue()).toBe('Room 5');
    expect(await field(page, 'Title').inputValue()).toBe('Whole');
    await save(page);
    await choose(page, /All dates/, 'Continue');
    await field(page, 'Location').waitFor({ state: 'detached' });
    expect((await created(ana)).items).toMatchObject([{ title: 'Whole', location: 'Room 5', version: 3 }]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('keeps what is typed back after it was stored, before the form has read that', async () => {
    const ana = await dashboard.app.signUp('ana');
    const times = { start_time: wednesday('09:00'), end_time: wednesday('10:00'), time_zone: 'UTC' };
    const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...times } }));
    const { page, context, complaints } = await dashboard.open(ana);
    await edit(page, 'Plan');
    await field(page, 'Title').fill('Plan B');
    const read = await holdReads(page, /\/changelog/);
    await save(page);
    await page.getByText('Saved “Plan B”').waitFor();
    await field(page, 'Title').fill('Plan');
    await closeDrawer(page);
    await page.getByRole('status').filter({ hasText: 'Draft kept' }).waitFor();
    read();
    await edit(page, 'Plan B');
    expect(await field(page, 'Title').inputValue()).toBe('Plan');
    await save(page);
    await field(page, 'Title').waitFor({ state: 'detached' });
    expect((await created(ana)).items).toMatchObject([{ id, title: 'Plan', version: 3 }]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('asks one question after the other', async () => {
    const [ana, ben] = [await dashboard.app.signUp('ana'), await dashboard.app.signUp('ben')];
    const times = { start_time: wednesday('09:00'), end_time: wednesday('10:00'), time_zone: 'UTC' };
    const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...times } }));
    await ok(shareEvent({ client: ana.client, path: { id }, body: { user_id: ben.id, role: 'editor' } }));
    const later = { start_time: wednesday('11:00'), end_time: wednesday('12:00'), time_zone: 'UTC' };
    await ok(
      createEvent({ client: ana.client, body: { title: 'Series', ...later, recurrence_pattern: 'FREQ=WEEKLY' } }),
    );
    const { page, context } = await dashboard.open(ana);
    await edit(page, 'Plan');
    await field(page, 'Title').fill('Plan by ana');
    const release = await holdWrites(page, /\/api\/events\/[^/]+$/);
    await ok(updateEvent({ client: ben.client, path: { id }, body: { title: 'Plan by ben' } }));
    await save(page);
    await closeDrawer(page);
    await eventOf(page, 'Series').focus();
    await page.keyboard.press('Delete');
    const which = page.getByRole('dialog', { name: 'Delete which dates?' });
    await which.waitFor();
    const refused = page.waitForResponse((response) => response.status() === 412 || response.status() === 409);
    release();
    await refused;
    await answer(which, /Only/, 'Delete');
    await page.getByRole('dialog', { name: `${ben.username} changed this event while you were editing` }).waitFor();
    await page.keyboard.press('Escape');
    await eventOf(page, 'Series').waitFor({ state: 'detached' });
    await context.close();
  });
});
