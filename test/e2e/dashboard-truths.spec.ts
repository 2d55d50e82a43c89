import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createEvent,
  getVersion,
  getEvent,
  listPermissions,
  shareEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { chromiumPath, unlessMissing } from '../support/chromium.js';
import { type Dashboard, eventOf, signUpApart, startDashboard } from '../support/dashboard.js';
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

  it('asks on a phone too why something is changed', async () => {
    const ana = await dashboard.app.signUp('ana');
    const body = { title: 'One', start_time: '2027-06-02T14:00:00Z', end_time: '2027-06-02T15:00:00Z' };
    const { id } = await ok(createEvent({ client: ana.client, body }));
    const { page, context } = await dashboard.open(ana, { ...PHONE, path: '/calendar/day/2027-06-02' });
    await eventOf(page, 'One').click();
    await page.getByRole('button', { name: 'Edit', exact: true }).first().click();
    await page.getByLabel('Title').fill('Two');
    await page.getByLabel('Why? (kept in the history)').fill('Because');
    await page.getByRole('button', { name: 'Save', exact: true }).last().click();
    await eventOf(page, 'Two').first().waitFor();
    const { comment } = await ok(getVersion({ client: ana.client, path: { id, version: 2 } }));
    expect(comment).toBe('Because');
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

  it('finds times in the working hours that are chosen, and hatches when somebody does not work', async () => {
    const [ana, sam] = await signUpApart(dashboard.app);
    const { page, context, complaints } = await dashboard.open(ana);
    await page.keyboard.press('f');
    const panel = page.getByRole('dialog', { name: 'Find a time' });
    // A Monday; the clocks of New York are four hours behind those of ana.
    await panel.getByLabel('From', { exact: true }).fill('2030-06-03');
    const field = panel.getByLabel('Add somebody by username');
    await field.fill(sam.username);
    await field.press('Enter');
    await panel.getByRole('button', { name: 'New event at 13:00' }).waitFor();
    const hatched = (name: string) =>
      panel
        .locator('.line', { hasText: name })
        .locator('s')
        .evaluateAll((all) => all.map((part) => (part as HTMLElement).style.cssText));
    // The grid is of the fourteen hours from 07:00 on.
    const part = (from: number, to: number) =>
      `left: ${Number((((from - 7) / 14) * 100).toFixed(4))}%; width: ${Number((((to - from) / 14) * 100).toFixed(4))}%;`;
    await expect.poll(() => hatched('You')).toEqual([part(7, 9), part(18, 21)]);
    expect(await hatched(sam.username)).toEqual([part(7, 13)]);
    await panel.getByLabel('Work begins at').fill('10:30');
    await panel.getByRole('button', { name: 'New event at 14:30' }).waitFor();
    await expect.poll(() => hatched(sam.username)).toEqual([part(7, 14.5)]);
    await panel.getByLabel('Work ends at').fill('08:00');
    await panel.getByText('The working hours end before they start').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('says of a clash that other changes are merged only where there are others', async () => {
    const [ana, ben] = [await dashboard.app.signUp('ana'), await dashboard.app.signUp('ben')];
    const body = { title: 'Plan', start_time: '2027-06-02T14:00:00Z', end_time: '2027-06-02T15:00:00Z' };
    const { id } = await ok(createEvent({ client: ana.client, body }));
    await ok(shareEvent({ client: ana.client, path: { id }, body: { user_id: ben.id, role: 'editor' } }));
    const { page, context, complaints } = await dashboard.open(ana, { path: '/calendar/day/2027-06-02' });
    const rename = async (title: string, location: string | null): Promise<void> => {
      await eventOf(page, 'Plan').click();
      await page.getByRole('button', { name: 'Edit', exact: true }).click();
      await page.getByLabel('Title').fill(title);
      if (location) await page.getByLabel('Location').fill(location);
      // A form that opens after it begins with the new title.
      await ok(updateEvent({ client: ben.client, path: { id }, body: { title: `Plan ${Math.random()}` } }));
      await page.keyboard.press('Control+Enter');
    };
    const note = page.getByText('What else you changed is merged');
    const clash = page.getByRole('dialog', { name: /changed this event while you were editing/ });
    await rename('Plan of ana', null);
    await clash.waitFor();
    expect(await note.count()).toBe(0);
    await clash.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved “Plan of ana”').waitFor();
    await page.getByRole('button', { name: 'Close' }).first().click();
    await rename('Another plan', 'Room 4');
    await clash.waitFor();
    await note.waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('takes what is typed right after C as the title, also before the card is there', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context, complaints } = await dashboard.open(ana, { path: '/calendar/week/2027-06-09' });
    await page.keyboard.press('c');
    // Each of these is a command, too.
    await page.keyboard.type('team demo at noon');
    const title = page.getByRole('dialog', { name: 'New event' }).getByLabel('Title');
    await expect.poll(() => title.inputValue()).toBe('team demo at noon');
    expect(new URL(page.url()).pathname).toBe('/calendar/week/2027-06-09');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('leaves out the end of a time rather than cutting it, on a clock of twelve hours', async () => {
    const ana = await dashboard.app.signUp('ana', 'America/New_York');
    const body = { title: 'Tea', start_time: '2027-06-09T14:30:00', end_time: '2027-06-09T15:30:00' };
    await ok(createEvent({ client: ana.client, body }));
    const context = await dashboard.browser.newContext({ locale: 'en-US', viewport: { width: 1100, height: 800 } });
    const page = await context.newPage();
    await page.goto(`${dashboard.app.url}/calendar/week/2027-06-09`);
    await page.getByLabel('Username or email').fill(ana.username);
    await page.getByLabel('Password', { exact: true }).fill(ana.password);
    await page.keyboard.press('Enter');
    const end = eventOf(page, 'Tea').locator('.to');
    await end.waitFor({ state: 'attached' });
    const shown = () =>
      end.evaluate((element) => {
        const [time, line] = [element.parentElement!.getBoundingClientRect(), element.getBoundingClientRect()];
        return line.top >= time.bottom ? 'nothing' : line.right <= time.right + 0.5 ? 'whole' : 'cut';
      });
    await expect.poll(shown).toBe('whole');
    await page.setViewportSize({ width: 780, height: 800 });
    await expect.poll(shown).toBe('nothing');
    await context.close();
  });

  it('adds everybody who is named at once, and leaves the names that nobody has', async () => {
    const [ana, ben, cleo] = [
      await dashboard.app.signUp('ana'),
      await dashboard.app.signUp('ben'),
      await dashboard.app.signUp('cleo'),
    ];
    const body = { title: 'Plan', start_time: '2027-06-09T14:00:00Z', end_time: '2027-06-09T15:00:00Z' };
    const { id } = await ok(createEvent({ client: ana.client, body }));
    const { page, context, complaints } = await dashboard.open(ana, { path: '/calendar/day/2027-06-09' });
    await eventOf(page, 'Plan').click();
    await page.getByRole('tab', { name: 'People' }).click();
    const field = page.getByLabel('Add people');
    await field.fill(`${ben.username}, no-such-one ${cleo.username}`);
    await field.press('Enter');
    await page.getByText('Nobody is called “no-such-one”').waitFor();
    expect(await field.inputValue()).toBe('no-such-one');
    await field.fill('');
    await field.press('Enter');
    await page.getByLabel(`Role of ${cleo.username}`).waitFor();
    const { items } = await ok(listPermissions({ client: ana.client, path: { id } }));
    expect(items.map(({ username }) => username).sort()).toEqual([ana, ben, cleo].map((one) => one.username).sort());
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('runs the command that is named, and has a way out of the search on a phone', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context, complaints } = await dashboard.open(ana);
    await page.keyboard.press('/');
    const search = page.getByRole('dialog', { name: 'Search and commands' });
    await search.getByRole('combobox').fill('trash');
    await search.getByRole('combobox').press('Enter');
    await page.getByRole('dialog', { name: 'Trash' }).waitFor();
    await context.close();
    const phone = await dashboard.open(ana, PHONE);
    await phone.page.getByRole('button', { name: 'Search' }).click();
    await phone.page.getByRole('button', { name: 'Close' }).click();
    await phone.page.getByRole('dialog', { name: 'Search and commands' }).waitFor({ state: 'detached' });
    expect([...complaints, ...phone.complaints]).toEqual([]);
    await phone.context.close();
  });

  it('moves all dates of a series to a free time by as much as was asked, from whichever date', async () => {
    const ana = await dashboard.app.signUp('ana');
    // Wednesdays since April; what is in the way is on the one of 9 June.
    const body = { title: 'Weekly', start_time: '2027-04-07T09:00:00Z', end_time: '2027-04-07T09:30:00Z' };
    const weekly = { client: ana.client, body: { ...body, recurrence_pattern: 'FREQ=WEEKLY;COUNT=20' } };
    const { id } = await ok(createEvent(weekly));
    const busy = { title: 'Busy', start_time: '2027-06-09T10:00:00Z', end_time: '2027-06-09T11:00:00Z' };
    await ok(createEvent({ client: ana.client, body: busy }));
    const { page, context, complaints } = await dashboard.open(ana, { path: '/calendar/week/2027-06-02' });
    await eventOf(page, 'Weekly').click();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByLabel('From', { exact: true }).fill('10:15');
    await page.keyboard.press('Control+Enter');
    const scope = page.getByRole('dialog', { name: 'Change which dates?' });
    await scope.getByRole('radio', { name: 'All dates' }).click();
    await scope.getByRole('button', { name: 'Continue' }).click();
    const conflict = page.getByRole('alertdialog');
    await conflict.getByRole('radio', { name: '11:00 – 11:30 Free on all dates' }).click();
    await conflict.getByRole('button', { name: 'Save at 11:00' }).click();
    await page.getByText('Saved “Weekly”').waitFor();
    expect(await ok(getEvent({ client: ana.client, path: { id } }))).toMatchObject({
      start_time: '2027-04-07T11:00:00Z',
      end_time: '2027-04-07T11:30:00Z',
    });
    expect(complaints).toEqual([]);
    await context.close();
  });
});
