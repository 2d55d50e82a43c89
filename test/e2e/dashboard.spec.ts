import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  changeRole,
  createEvent,
  getEvent,
  revokePermission,
  shareEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { chromiumPath, unlessMissing } from '../support/chromium.js';
import { type Dashboard, drag, eventOf, startDashboard } from '../support/dashboard.js';
import { ok, PASSWORD, type Person } from '../support/test-app.js';
import { thisWeek, wednesday } from '../support/this-week.js';

const HOUR = 56;

describe.skipIf(!chromiumPath)(`the dashboard in a real browser${unlessMissing}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
  });
  afterAll(() => dashboard?.close());

  const create = async (owner: Person, title: string, from: string, to: string, more: object = {}) =>
    ok(
      createEvent({
        client: owner.client,
        body: { title, start_time: wednesday(from), end_time: wednesday(to), time_zone: 'UTC', ...more },
      }),
    );
  const share = async (owner: Person, id: string, with_: Person, role: 'viewer' | 'editor') =>
    ok(shareEvent({ client: owner.client, path: { id }, body: { user_id: with_.id, role } }));

  it('signs up, draws an event on the grid with the keyboard, and finds it after a reload', async () => {
    const { page, complaints } = await dashboard.visit({ path: thisWeek() });
    await page.getByRole('button', { name: 'Create an account' }).click();
    const name = `ida-${Date.now()}`;
    await page.getByLabel('Username').fill(name);
    await page.getByLabel('Email').fill(`${name}@example.com`);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Create an account', exact: true }).click();
    await page.locator('#calendar').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.keyboard.press('c');
    await page.getByRole('dialog', { name: 'New event' }).waitFor();
    await page.getByLabel('Title').fill('First thing');
    await page.keyboard.press('Enter');
    await page.getByText('Created “First thing”').waitFor();
    await page.reload();
    await eventOf(page, 'First thing').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('tells in words that the password is wrong', async () => {
    const { page } = await dashboard.visit();
    await page.getByLabel('Username or email').fill('nobody-here');
    await page.getByLabel('Password', { exact: true }).fill('not this one');
    await page.keyboard.press('Enter');
    await page.getByText('Username or password is wrong.').waitFor();
    await page.context().close();
  });

  it('one drags, and the other sees it move, told by whom', async () => {
    const [ana, ben] = [await dashboard.app.signUp('ana'), await dashboard.app.signUp('ben')];
    const { id } = await create(ana, 'Planning', '09:00', '10:00');
    await share(ana, id, ben, 'editor');
    const [first, second] = [await dashboard.open(ana), await dashboard.open(ben)];
    await eventOf(second.page, 'Planning').waitFor();
    await eventOf(first.page, 'Planning').waitFor();
    await drag(first.page, 'Planning', 0, 2 * HOUR);
    await first.page.getByText('Moved “Planning”').first().waitFor();
    const moved = await ok(getEvent({ client: ana.client, path: { id } }));
    expect(moved.version).toBe(2);
    const start = moved.start_time.slice(11, 16);
    await eventOf(second.page, 'Planning').filter({ hasText: start }).waitFor();
    await second.page.locator('.toast', { hasText: ana.username }).waitFor();
    // And back, by the one who did it.
    await first.page.keyboard.press('Control+z');
    await eventOf(second.page, 'Planning').filter({ hasText: '09:00' }).waitFor();
    expect([first.complaints, second.complaints]).toEqual([[], []]);
    await first.context.close();
    await second.context.close();
  });

  it('a share appears, a role shows, and what is revoked vanishes', async () => {
    const [ana, ben] = [await dashboard.app.signUp('ana'), await dashboard.app.signUp('ben')];
    const { id } = await create(ana, 'Budget', '13:00', '14:00');
    const { page, context, complaints } = await dashboard.open(ben);
    expect(await eventOf(page, 'Budget').count()).toBe(0);
    await share(ana, id, ben, 'viewer');
    await eventOf(page, 'Budget').click();
    const drawer = page.getByRole('complementary', { name: 'Budget' });
    await drawer.getByText('Viewer', { exact: true }).first().waitFor();
    expect(await drawer.getByRole('button', { name: 'Edit' }).count()).toBe(0);
    await ok(changeRole({ client: ana.client, path: { id, userId: ben.id }, body: { role: 'editor' } }));
    await drawer.getByRole('button', { name: 'Edit' }).waitFor();
    await revokePermission({ client: ana.client, path: { id, userId: ben.id } });
    await page.getByText('You no longer have access').waitFor();
    await eventOf(page, 'Budget').waitFor({ state: 'detached' });
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
    await context.close();
  });

  it('shares by name, changes a role and removes, each in the list of the server', async () => {
    const [ana, ben] = [await dashboard.app.signUp('ana'), await dashboard.app.signUp('ben')];
    await create(ana, 'Offsite', '15:00', '16:00');
    const { page, context, complaints } = await dashboard.open(ana);
    await eventOf(page, 'Offsite').click();
    await page.getByRole('tab', { name: 'People' }).click();
    await page.getByLabel('Add people').fill('nobody-of-that-name');
    await page.keyboard.press('Enter');
    await page.getByText('Nobody is called “nobody-of-that-name”').waitFor();
    await page.getByLabel('Add people').fill(ben.username);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: `Share with ${ben.username}` }).click();
    const role = page.getByLabel(`Role of ${ben.username}`);
    await role.waitFor();
    await role.selectOption('editor');
    await page.getByText(`${ben.username} is now editor`).waitFor();
    await role.selectOption('remove');
    await role.waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('shows what changed and restores an earlier version as a new one', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { id } = await create(ana, 'Review', '10:00', '11:00', { location: 'Room 1' });
    await ok(
      updateEvent({ client: ana.client, path: { id }, body: { title: 'Review of the plan', location: 'Room 2' } }),
    );
    const { page, context, complaints } = await dashboard.open(ana);
    await eventOf(page, 'Review of the plan').click();
    await page.getByRole('tab', { name: 'History' }).click();
    await page.locator('.diff ins', { hasText: 'of the plan' }).waitFor();
    await page.locator('.diff del', { hasText: '1' }).waitFor();
    await page.getByRole('button', { name: 'Restore version 1', exact: true }).click();
    await page.getByText('Restored version 1').waitFor();
    const restored = await ok(getEvent({ client: ana.client, path: { id } }));
    expect(restored).toMatchObject({ version: 3, title: 'Review', location: 'Room 1' });
    await page.getByRole('heading', { name: 'Review', exact: true }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('merges what does not clash, asks about what does, and loses no word', async () => {
    const [ana, ben] = [await dashboard.app.signUp('ana'), await dashboard.app.signUp('ben')];
    const { id } = await create(ana, 'Draft', '10:00', '11:00');
    await share(ana, id, ben, 'editor');
    const { page, context, complaints } = await dashboard.open(ana);
    await eventOf(page, 'Draft').click();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByLabel('Title').fill('Draft by ana');
    await ok(updateEvent({ client: ben.client, path: { id }, body: { title: 'Draft by ben', location: 'Room 9' } }));
    await page.getByRole('button', { name: 'Save', exact: true }).last().click();
    const dialog = page.getByRole('dialog', { name: `${ben.username} changed this event while you were editing` });
    await dialog
      .getByText('Draft by ben')
      .or(dialog.getByText('ben', { exact: true }))
      .first()
      .waitFor();
    await dialog.getByRole('textbox').fill('Draft by ana and ben');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Draft by ana and ben' }).waitFor();
    const event = await ok(getEvent({ client: ana.client, path: { id } }));
    expect(event).toMatchObject({ title: 'Draft by ana and ben', location: 'Room 9', version: 3 });
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('says what overlaps before anything is saved, and a refused move goes to a free time', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { id } = await create(ana, 'Errand', '09:00', '10:00');
    await create(ana, 'Lecture', '12:00', '14:00');
    const { page, context, complaints } = await dashboard.open(ana);
    await eventOf(page, 'Errand').waitFor();
    await drag(page, 'Errand', 0, 3 * HOUR + 28);
    const dialog = page.getByRole('alertdialog', { name: 'This overlaps with another event' });
    await dialog.getByText('“Errand” would be at the same time as “Lecture”').waitFor();
    // What is dragged is where it was dropped, and not where the other event is.
    const stay = await dialog.getByText('Or stay at').textContent();
    expect(stay).not.toContain('12:00');
    expect(`Or stay at ${await dialog.locator('.m.bad').textContent()}`).toBe(stay);
    await dialog.getByRole('button', { name: 'Save at 14:00' }).click();
    await page.getByText('Moved “Errand”').waitFor();
    const moved = await ok(getEvent({ client: ana.client, path: { id } }));
    expect(moved.start_time).toBe(`${wednesday('14:00')}Z`);
    await eventOf(page, 'Errand').click();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByLabel('From').fill('13:00');
    await page.getByText('Overlaps “Lecture”, 12:00 – 14:00').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('moves one date of a series with the keyboard alone', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { id } = await create(ana, 'Standup', '10:00', '10:30', {
      recurrence_pattern: { frequency: 'daily', interval: 1, count: 20 },
    });
    const { page, context, complaints } = await dashboard.open(ana);
    const dates = page.locator('#calendar [data-key]', { hasText: 'Standup' });
    await dates.first().focus();
    await page.keyboard.press('Alt+ArrowDown');
    await page.getByRole('dialog', { name: 'Change which dates?' }).waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Moved “Standup”').waitFor();
    const event = await ok(getEvent({ client: ana.client, path: { id } }));
    expect(event.overrides).toEqual([expect.objectContaining({ start_time: `${wednesday('10:15')}Z` })]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('catches up after it was offline, and says how much', async () => {
    const [ana, ben] = [await dashboard.app.signUp('ana'), await dashboard.app.signUp('ben')];
    const { id } = await create(ana, 'Retro', '16:00', '17:00');
    await share(ana, id, ben, 'editor');
    const { page, context } = await dashboard.open(ben);
    await eventOf(page, 'Retro').waitFor();
    await context.setOffline(true);
    await page.getByText('Offline', { exact: true }).waitFor();
    await ok(updateEvent({ client: ana.client, path: { id }, body: { title: 'Retro, longer' } }));
    await context.setOffline(false);
    await eventOf(page, 'Retro, longer').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await context.close();
  });
});
