import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, getEvent, listEvents, shareEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { chromiumPath, unlessMissing } from '../support/chromium.js';
import { type Dashboard, eventOf, holdLists, holdWrites, startDashboard } from '../support/dashboard.js';
import { begin, beginInDrawer, closeDrawer, edit, field, save } from '../support/dashboard-forms.js';
import { ok, type Person } from '../support/test-app.js';
import { wednesday } from '../support/this-week.js';

describe.skipIf(!chromiumPath)(`what the dashboard does while it saves${unlessMissing}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => (dashboard = await startDashboard()));
  afterAll(() => dashboard?.close());

  const schedule = (person: Person, title: string, hour: string) =>
    ok(
      createEvent({
        client: person.client,
        body: { title, start_time: wednesday(`${hour}:00`), end_time: wednesday(`${hour}:30`), time_zone: 'UTC' },
      }),
    );
  const read = (person: Person, id: string) => ok(getEvent({ client: person.client, path: { id } }));

  it('leaves open what was opened meanwhile, and closes no form', async () => {
    const ana = await dashboard.app.signUp('ana');
    await schedule(ana, 'Plan', '09');
    await schedule(ana, 'Other', '11');
    const { page, context, complaints } = await dashboard.open(ana);
    let release = await holdLists(page);
    await beginInDrawer(page, 'New');
    await save(page);
    await page.getByText('Created “New”').waitFor();
    await closeDrawer(page);
    await edit(page, 'Plan');
    await field(page, 'Title').fill('Plan, typed');
    release();
    await eventOf(page, 'New').waitFor();
    expect(await field(page, 'Title').inputValue()).toBe('Plan, typed');
    release = await holdLists(page);
    await save(page);
    await page.getByText('Saved “Plan, typed”').waitFor();
    await closeDrawer(page);
    await edit(page, 'Other');
    await field(page, 'Title').fill('Other, typed');
    release();
    await eventOf(page, 'Plan, typed').waitFor();
    expect(await field(page, 'Title').inputValue()).toBe('Other, typed');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('leaves another event open when one was left or a date was deleted', async () => {
    const [ana, ben] = [await dashboard.app.signUp('ana'), await dashboard.app.signUp('ben')];
    const { id } = await schedule(ben, 'Shared', '09');
    await ok(shareEvent({ client: ben.client, path: { id }, body: { user_id: ana.id, role: 'viewer' } }));
    const times = { start_time: wednesday('13:00'), end_time: wednesday('14:00'), time_zone: 'UTC' };
    const body = { title: 'Series', ...times, recurrence_pattern: 'FREQ=WEEKLY' };
    await ok(createEvent({ client: ana.client, body }));
    await schedule(ana, 'Other', '11');
    const { page, context, complaints } = await dashboard.open(ana);
    await eventOf(page, 'Shared').click();
    await page.getByRole('tab', { name: 'People' }).click();
    let release = await holdWrites(page, /\/permissions\//);
    await page.getByRole('button', { name: 'Leave' }).click();
    await eventOf(page, 'Other').click();
    await page.getByRole('heading', { name: 'Other' }).waitFor();
    release();
    await page.getByText('You left “Shared”').waitFor();
    await page.getByRole('heading', { name: 'Other' }).waitFor();
    await eventOf(page, 'Series').click();
    await page.getByRole('heading', { name: 'Series' }).waitFor();
    release = await holdWrites(page, /occurrence=/);
    await page.getByRole('button', { name: 'Move to the trash' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await edit(page, 'Other');
    await field(page, 'Title').fill('Other, typed');
    release();
    await page.getByText(/^Deleted .* of “Series”/).waitFor();
    expect(await field(page, 'Title').inputValue()).toBe('Other, typed');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('goes on with what is typed of a new event while it is created', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context, complaints } = await dashboard.open(ana);
    await beginInDrawer(page, 'New');
    const release = await holdWrites(page, /\/api\/events$/);
    await save(page);
    await field(page, 'Location').fill('Room 3');
    release();
    await page.getByRole('heading', { name: 'Edit event' }).waitFor();
    expect(await field(page, 'Title').inputValue()).toBe('New');
    expect(await field(page, 'Location').inputValue()).toBe('Room 3');
    const { items } = await ok(listEvents({ client: ana.client, query: { q: 'New' } }));
    expect(items).toMatchObject([{ title: 'New', location: null, version: 1 }]);
    await save(page);
    await page.getByText('Saved “New”').waitFor();
    expect(await read(ana, items[0]!.id)).toMatchObject({ title: 'New', location: 'Room 3', version: 2 });
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('keeps what is typed of a new event as a change of it when the form is closed before it is shown', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context, complaints } = await dashboard.open(ana);
    await beginInDrawer(page, 'Next');
    const release = await holdLists(page);
    await save(page);
    await page.getByText('Created “Next”').waitFor();
    await field(page, 'Location').fill('Room 4');
    await closeDrawer(page);
    await page.getByText('Draft kept: “Next”').waitFor();
    release();
    await page.getByRole('status').getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Edit event' }).waitFor();
    expect(await field(page, 'Location').inputValue()).toBe('Room 4');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('goes on with what is typed of an event while it is saved', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { id } = await schedule(ana, 'Plan', '09');
    const { page, context, complaints } = await dashboard.open(ana);
    await edit(page, 'Plan');
    await field(page, 'Title').fill('Plan B');
    let release = await holdWrites(page, /\/api\/events\/[^/]+$/);
    await save(page);
    await field(page, 'Location').fill('Room 3');
    release();
    await page.getByText('Saved “Plan B”').waitFor();
    await eventOf(page, 'Plan B').waitFor();
    expect(await field(page, 'Location').inputValue()).toBe('Room 3');
    expect(await read(ana, id)).toMatchObject({ title: 'Plan B', location: null, version: 2 });
    await save(page);
    await field(page, 'Location').waitFor({ state: 'detached' });
    expect(await read(ana, id)).toMatchObject({ title: 'Plan B', location: 'Room 3', version: 3 });
    // Closed before it is saved, the rest is kept.
    await edit(page, 'Plan B');
    await field(page, 'Title').fill('Plan C');
    release = await holdWrites(page, /\/api\/events\/[^/]+$/);
    await save(page);
    await field(page, 'Location').fill('Room 4');
    await closeDrawer(page);
    await page.getByText('Draft kept: “Plan B”').waitFor();
    release();
    await page.getByText('Saved “Plan C”').waitFor();
    await edit(page, 'Plan C');
    expect(await field(page, 'Title').inputValue()).toBe('Plan C');
    expect(await field(page, 'Location').inputValue()).toBe('Room 4');
    expect((await read(ana, id)).location).toBe('Room 3');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('goes on with what is typed of an event that was kept on the device, once it is sent', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context } = await dashboard.open(ana);
    await page.route('**/api/events', (route) => route.abort());
    await begin(page, 'Kept');
    await page.keyboard.press('Enter');
    await page.getByText('Kept “Kept” on this device').waitFor();
    await page.locator('#calendar .waits', { hasText: 'Kept' }).first().click();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await field(page, 'Location').fill('Room 3');
    await page.unroute('**/api/events');
    await page.getByText('Sent 1 change').waitFor();
    expect(await field(page, 'Location').inputValue()).toBe('Room 3');
    await save(page);
    await page.getByText('Saved “Kept”').waitFor();
    const { items } = await ok(listEvents({ client: ana.client, query: { q: 'Kept' } }));
    expect(items).toMatchObject([{ title: 'Kept', location: 'Room 3', version: 2 }]);
    await context.close();
  });

  it('shows in the form what others change, and asks where both typed, however long the form was closed', async () => {
    const [ana, ben] = [await dashboard.app.signUp('ana'), await dashboard.app.signUp('ben')];
    const { id } = await schedule(ana, 'Plan', '09');
    const path = { id };
    await ok(shareEvent({ client: ana.client, path, body: { user_id: ben.id, role: 'editor' } }));
    const { page, context, complaints } = await dashboard.open(ana);
    await edit(page, 'Plan');
    await field(page, 'Title').fill('Plan of Ana');
    await ok(updateEvent({ client: ben.client, path, body: { location: 'Room 9' } }));
    await expect.poll(() => field(page, 'Location').inputValue()).toBe('Room 9');
    expect(await field(page, 'Title').inputValue()).toBe('Plan of Ana');
    await closeDrawer(page);
    await page.getByText('Draft kept: “Plan”').waitFor();
    await ok(updateEvent({ client: ben.client, path, body: { title: 'Plan of Ben' } }));
    await edit(page, 'Plan of Ben');
    expect(await field(page, 'Title').inputValue()).toBe('Plan of Ana');
    // Changed again, and kept again: still nobody has seen the title of Ben.
    await field(page, 'Location').fill('Room 10');
    await closeDrawer(page);
    await edit(page, 'Plan of Ben');
    await save(page);
    const clash = page.getByRole('dialog');
    await clash.getByText('Plan of Ben').first().waitFor();
    expect(await read(ana, id)).toMatchObject({ title: 'Plan of Ben', location: 'Room 9', version: 3 });
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Discard' }).click();
    expect(await field(page, 'Title').inputValue()).toBe('Plan of Ben');
    expect(await field(page, 'Location').inputValue()).toBe('Room 9');
    // What was seen is nothing to ask about.
    await field(page, 'Title').fill('Plan of both');
    await save(page);
    await page.getByText('Saved “Plan of both”').waitFor();
    expect(await read(ana, id)).toMatchObject({ title: 'Plan of both', location: 'Room 9', version: 4 });
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('asks nobody about their own change, although the calendar shows other days', async () => {
    const ana = await dashboard.app.signUp('ana');
    const times = { start_time: wednesday('13:00'), end_time: wednesday('14:00'), time_zone: 'UTC' };
    const { id } = await ok(
      createEvent({
        client: ana.client,
        body: { title: 'Series', ...times, recurrence_pattern: 'FREQ=WEEKLY;INTERVAL=2' },
      }),
    );
    const { page, context, complaints } = await dashboard.open(ana);
    await eventOf(page, 'Series').click();
    await page.getByRole('heading', { name: 'Series' }).waitFor();
    await page.getByRole('button', { name: 'Next week' }).click();
    await eventOf(page, 'Series').waitFor({ state: 'detached' });
    let title = 'Series';
    for (const next of ['Series B', 'Series C', 'Series D']) {
      await page.getByRole('heading', { name: title }).waitFor();
      await page.getByRole('button', { name: 'Edit', exact: true }).click();
      await field(page, 'Title').fill(next);
      await save(page);
      await page.getByRole('dialog').getByRole('radio', { name: 'All dates' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Continue' }).click();
      await page.getByText(`Saved “${next}”`).waitFor();
      title = next;
    }
    expect(await read(ana, id)).toMatchObject({ title, version: 4 });
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('asks about what was changed since a draft that an older dashboard kept without its version', async () => {
    const [ana, ben] = [await dashboard.app.signUp('ana'), await dashboard.app.signUp('ben')];
    const { id } = await schedule(ana, 'Plan', '09');
    await ok(shareEvent({ client: ana.client, path: { id }, body: { user_id: ben.id, role: 'editor' } }));
    const { page, context, complaints } = await dashboard.open(ana);
    await edit(page, 'Plan');
    await field(page, 'Title').fill('Plan of Ana');
    await closeDrawer(page);
    await page.evaluate(() => {
      const key = Object.keys(localStorage).find((name) => name.startsWith('convene.form.'))!;
      const { version: _, ...older } = JSON.parse(localStorage.getItem(key)!) as { version: number };
      localStorage.setItem(key, JSON.stringify(older));
    });
    await ok(updateEvent({ client: ben.client, path: { id }, body: { title: 'Plan of Ben' } }));
    await edit(page, 'Plan of Ben');
    expect(await field(page, 'Title').inputValue()).toBe('Plan of Ana');
    await save(page);
    await page.getByRole('dialog').getByText('Plan of Ben').first().waitFor();
    expect(await read(ana, id)).toMatchObject({ title: 'Plan of Ben', version: 2 });
    expect(complaints).toEqual([]);
    await context.close();
  });
});
