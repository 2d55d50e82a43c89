import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, getEvent, listEvents, shareEvent } from '../../sdk/generated/sdk.gen.js';
import { chromiumPath, unlessMissing } from '../support/chromium.js';
import { type Dashboard, eventOf, signUpApart, startDashboard } from '../support/dashboard.js';
import { begin, beginInDrawer, field, save } from '../support/dashboard-forms.js';
import { ok, type Person } from '../support/test-app.js';

// A Tuesday, and the week that it is in.
const DAY = '2027-12-14';
const PATH = `/calendar/week/${DAY}`;
const FAIR = /Tuesday,? 14 December 2027 – Friday,? 17 December 2027/;

describe.skipIf(!chromiumPath)(`all-day events in the dashboard${unlessMissing}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => (dashboard = await startDashboard()));
  afterAll(() => dashboard?.close());

  const createFair = (owner: Person, more: object = {}) =>
    ok(
      createEvent({
        client: owner.client,
        body: { title: 'Fair', all_day: true, start_time: DAY, end_time: '2027-12-18', time_zone: 'UTC', ...more },
      }),
    );
  const titlesOf = async (person: Person): Promise<string[]> =>
    (await ok(listEvents({ client: person.client }))).items.map(({ title }) => title);
  const allDay = (page: Page): Locator => page.getByRole('switch', { name: 'All day' });
  const note = (page: Page): Locator => page.locator('.note.overlap');
  const chips = (page: Page): Locator => note(page).locator('.chip');
  const isInvalid = (page: Page, name: string) => field(page, name).getAttribute('aria-invalid');

  it('shows of an overlap what is known of these times, and none of those before', async () => {
    const ana = await dashboard.app.signUp('ana');
    await createFair(ana);
    const { page, context, complaints } = await dashboard.open(ana, { path: PATH });
    await begin(page, 'Visit');
    await note(page).getByText(FAIR).waitFor();
    await chips(page).filter({ hasText: '00:00' }).first().waitFor();
    await allDay(page).click();
    await chips(page).filter({ hasText: 'Sat' }).first().waitFor();
    await page.route(/check-conflicts/, () => undefined);
    await allDay(page).click();
    await note(page).waitFor({ state: 'detached' });
    await page.unroute(/check-conflicts/);
    await allDay(page).click();
    await chips(page).first().click();
    await note(page).waitFor({ state: 'detached' });
    expect(await allDay(page).isChecked()).toBe(true);
    expect(await field(page, 'Day').inputValue()).toBe('2027-12-18');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('writes days in the dialog about a conflict, and begins another event after it', async () => {
    const ana = await dashboard.app.signUp('ana');
    await createFair(ana);
    await createFair(ana, {
      title: 'Talk',
      all_day: false,
      start_time: `${DAY}T10:00:00`,
      end_time: `${DAY}T11:00:00`,
      on_conflict: 'allow',
    });
    const { page, context, complaints } = await dashboard.open(ana, { path: PATH });
    await beginInDrawer(page, 'Trip');
    await allDay(page).click();
    await field(page, 'Last day').fill('2027-12-18');
    await note(page).getByText(FAIR).waitFor();
    // Of several days, the one that overlaps is named.
    await field(page, 'Day').fill('2027-12-10');
    await field(page, 'Last day').fill(DAY);
    await note(page)
      .getByText(/^Overlaps “\w+”, Tuesday,? 14 December 2027/)
      .waitFor();
    await save(page);
    const dialog = page.getByRole('alertdialog');
    const days = dialog.getByRole('radio').first();
    await days.waitFor();
    expect(await days.textContent()).toMatch(/^Sat,? 18 Dec 2027 – Wed,? 22 Dec 2027$/);
    await dialog.getByText(/^Or stay on Fri,? 10 Dec 2027 – Tue,? 14 Dec 2027$/).waitFor();
    await dialog.getByRole('button', { name: /^Save on Sat,? 18 Dec 2027 – Wed,? 22 Dec 2027$/ }).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await field(page, 'Title').inputValue()).toBe('Trip');
    await begin(page, 'Another');
    expect(await field(page, 'Title').inputValue()).toBe('Another');
    expect(await allDay(page).isChecked()).toBe(false);
    await page.getByText('Draft kept: “Trip”').first().waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('sends no day that was emptied or is out of order, and says so at its field until it is corrected', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context, complaints } = await dashboard.open(ana, { path: PATH });
    await begin(page, 'Trip');
    const alert = page.getByRole('alert');
    for (const open of ['in the card', 'in the drawer']) {
      if (open === 'in the drawer') await page.getByRole('button', { name: 'More' }).click();
      if (!(await allDay(page).isChecked())) await allDay(page).click();
      for (const [name, text, message, right] of [
        ['Day', '', 'Choose a day.', DAY],
        ['Last day', '', 'Choose a day.', DAY],
        ['Last day', '2027-12-10', 'The last day must not be before the first.', '2027-12-16'],
      ] as const) {
        await field(page, name).fill(text);
        await page.keyboard.press('Control+Enter');
        await alert.filter({ hasText: message }).waitFor();
        expect([open, await isInvalid(page, name), await isInvalid(page, 'Title')]).toEqual([open, 'true', 'false']);
        await field(page, name).fill(right);
        await alert.waitFor({ state: 'detached' });
      }
    }
    expect(await titlesOf(ana)).toEqual([]);
    // Out of order, it is one day again with times.
    await field(page, 'Last day').fill('2027-12-10');
    await allDay(page).click();
    await field(page, 'From').fill('');
    await save(page);
    await alert.filter({ hasText: 'Choose a time.' }).waitFor();
    await field(page, 'From').fill('09:30');
    await page.getByLabel('Recurrence').first().selectOption('Every year on 14 December');
    await page.getByRole('radio', { name: 'Until' }).click();
    await field(page, 'Last day of the series').fill('');
    await save(page);
    await alert.filter({ hasText: 'Choose a day.' }).waitFor();
    await field(page, 'Last day of the series').fill('2029-12-31');
    await save(page);
    await page.getByText('Created “Trip”').waitFor();
    const { items } = await ok(listEvents({ client: ana.client }));
    expect(items).toMatchObject([{ start_time: `${DAY}T09:30:00Z`, end_time: `${DAY}T10:30:00Z`, is_recurring: true }]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('keeps the day that was emptied out of a saved change too', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { id } = await createFair(ana);
    const { page, context, complaints } = await dashboard.open(ana, { path: PATH });
    await eventOf(page, 'Fair').click();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await field(page, 'Last day').fill('');
    await save(page);
    await page.getByRole('alert').filter({ hasText: 'Choose a day.' }).waitFor();
    await field(page, 'Last day').fill('2027-12-16');
    await save(page);
    await page.getByText('Saved “Fair”').waitFor();
    const { end_time, version } = await ok(getEvent({ client: ana.client, path: { id } }));
    expect([end_time, version]).toEqual(['2027-12-17', 2]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('leaves the time zone out where only days count', async () => {
    const [ana, sam] = await signUpApart(dashboard.app);
    const { id } = await createFair(ana, { time_zone: 'Europe/Berlin' });
    await ok(shareEvent({ client: ana.client, path: { id }, body: { user_id: sam.id, role: 'editor' } }));
    const { page, context, complaints } = await dashboard.open(sam, { path: PATH, zone: 'America/New_York' });
    await eventOf(page, 'Fair').click();
    const drawer = page.locator('.drawer');
    await drawer.getByText('Busy', { exact: true }).waitFor();
    expect(await drawer.getByText('Europe/Berlin').count()).toBe(0);
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await field(page, 'Last day').waitFor();
    expect(await field(page, 'Time zone').count()).toBe(0);
    await allDay(page).click();
    expect(await field(page, 'Time zone').inputValue()).toBe('Europe/Berlin');
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe.skipIf(!chromiumPath)(`days and clocks around the calendar${unlessMissing}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => (dashboard = await startDashboard()));
  afterAll(() => dashboard?.close());

  it('draws the number of today alike in the months before and after, and cuts the zone rather than the clock', async () => {
    const ana = await dashboard.app.signUp('ana', 'America/Argentina/ComodRivadavia');
    const { page, context, complaints } = await dashboard.open(ana, { path: '/calendar/month', width: 1280 });
    const today = page.locator('.grid .dn.t');
    await today.waitFor();
    const colors = await today.evaluate((element) => {
      const color = (): string => getComputedStyle(element).color;
      const cell = element.closest('.md')!;
      return [false, true].map((isOutside) => (cell.classList.toggle('o', isOutside), color()));
    });
    expect(colors[1]).toBe(colors[0]);
    const isCut = await page
      .locator('.me .now > *')
      .evaluateAll((parts) => parts.map((part) => part.scrollWidth > part.clientWidth && part.clientWidth > 0));
    const [line, clock] = [page.locator('.me .now'), page.locator('.me .now > :last-child')];
    const right = async (place: Locator): Promise<number> =>
      (({ x, width }) => x + width)((await place.boundingBox())!);
    expect(isCut[0]).toBe(true);
    expect(await right(clock)).toBeLessThanOrEqual((await right(line)) + 1);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
