import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, createEvents, getEvent, shareEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { chromiumPath, unlessMissing } from '../support/chromium.js';
import { type Dashboard, eventOf, startDashboard } from '../support/dashboard.js';
import { ok, type Person } from '../support/test-app.js';
import { wednesday } from '../support/this-week.js';

const MANY = 2_000;
const CHANGES = 1_000;
const MIB = 1_048_576;

describe.skipIf(!chromiumPath)(`the dashboard over a long time${unlessMissing}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard({ accessTokenSeconds: 10 });
  });
  afterAll(() => dashboard?.close());

  const create = async (owner: Person, title: string) =>
    ok(
      createEvent({
        client: await signedIn(owner),
        body: { title, start_time: wednesday('09:00'), end_time: wednesday('10:00'), time_zone: 'UTC' },
      }),
    );

  /** A client whose token has not expired, of the server that runs now. */
  async function signedIn({ username, password }: Person) {
    const response = await fetch(`${dashboard.app.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password }),
    });
    const { access_token } = (await response.json()) as { access_token: string };
    return dashboard.app.client(access_token);
  }

  const tokenOf = (page: Page): Promise<string> =>
    page.evaluate(
      () => (JSON.parse(localStorage.getItem('convene.session')!) as { access_token: string }).access_token,
    );

  it('does not show that its token expires, nor that the server restarts', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { id } = await create(ana, 'Meeting');
    const { page, context, complaints } = await dashboard.open(ana);
    await eventOf(page, 'Meeting').click();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByLabel('Title').fill('Meeting of all');
    for (let renewals = 0; renewals < 2; renewals += 1) {
      const token = await tokenOf(page);
      await page.waitForFunction((before) => !localStorage.getItem('convene.session')!.includes(before), token);
    }
    await ok(updateEvent({ client: await signedIn(ana), path: { id }, body: { location: 'Room 2' } }));
    await eventOf(page, 'Meeting').filter({ hasText: 'Room 2' }).waitFor();
    expect(unexpected(complaints)).toEqual([]);
    await dashboard.restart(() => page.getByText('Reconnecting').waitFor());
    await ok(updateEvent({ client: await signedIn(ana), path: { id }, body: { location: 'Room 3' } }));
    await eventOf(page, 'Meeting').filter({ hasText: 'Room 3' }).waitFor();
    expect(await page.getByLabel('Title').inputValue()).toBe('Meeting of all');
    await page.getByRole('button', { name: 'Save', exact: true }).last().click();
    await page.getByRole('heading', { name: 'Meeting of all' }).waitFor();
    expect(await page.getByText('Sign in again').count()).toBe(0);
    const saved = await ok(getEvent({ client: await signedIn(ana), path: { id } }));
    expect(saved).toMatchObject({ title: 'Meeting of all', location: 'Room 3', version: 4 });
    await context.close();
  });

  it(`draws month and week with ${MANY} events, and never more than 600 at once`, async () => {
    const ana = await dashboard.app.signUp('ana');
    const first = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth(), 1));
    for (let part = 0; part < 4; part += 1) {
      const events = Array.from({ length: MANY / 4 }, (_, index) => {
        const number = part * (MANY / 4) + index;
        const start = new Date(first.getTime() + Math.floor((number / MANY) * 28 * 96) * 900_000);
        return {
          title: `Event ${number}`,
          start_time: start.toISOString(),
          end_time: new Date(start.getTime() + 1_800_000).toISOString(),
          show_as: 'free' as const,
        };
      });
      await ok(createEvents({ client: await signedIn(ana), body: { events } }));
    }
    const middle = (months: number): string =>
      new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + months, 15)).toISOString().slice(0, 10);
    const { page, context, complaints } = await dashboard.open(ana, { path: `/calendar/month/${middle(0)}` });
    const events = page.locator('#calendar [data-key]');
    const figures: Record<string, number> = {};
    const look = async (name: string): Promise<void> => {
      await events.first().waitFor();
      const drawn = await events.count();
      expect(drawn).toBeLessThanOrEqual(600);
      figures[`${name}, events drawn`] = drawn;
    };
    await look('month');
    figures['month, ms'] = await best(page, 'ArrowLeft', 'ArrowRight');
    await step(page, 'ArrowLeft');
    figures['month without events, ms'] = await best(page, 'ArrowLeft', 'ArrowRight');
    await page.goto(`${dashboard.app.url}/calendar/week/${middle(0)}`);
    await look('week');
    figures['week, ms'] = await best(page, 'ArrowLeft', 'ArrowRight');
    await page.goto(`${dashboard.app.url}/calendar/week/${middle(-2)}`);
    await page.getByText('Live', { exact: true }).waitFor();
    figures['week without events, ms'] = await best(page, 'ArrowLeft', 'ArrowRight');
    figures['first paint, ms'] = await page.evaluate(
      () => performance.getEntriesByName('first-contentful-paint')[0]!.startTime,
    );
    console.log(
      `Dashboard with ${MANY} events: ${JSON.stringify(figures, (_, n: unknown) => (typeof n === 'number' ? Math.round(n) : n))}`,
    );
    expect(await page.getByText('Sign in again').count()).toBe(0);
    expect(unexpected(complaints)).toEqual([]);
    await context.close();
  });

  it(`does not grow over ${CHANGES} live changes`, async () => {
    const [ana, ben] = [await dashboard.app.signUp('ana'), await dashboard.app.signUp('ben')];
    const { id } = await create(ana, 'Counter');
    await ok(shareEvent({ client: await signedIn(ana), path: { id }, body: { user_id: ben.id, role: 'viewer' } }));
    const { page, context, complaints } = await dashboard.open(ben);
    await eventOf(page, 'Counter').waitFor();
    const devtools = await context.newCDPSession(page);
    const changeTimes = async (from: number, to: number): Promise<number> => {
      let client = await signedIn(ana);
      for (let number = from; number < to; number += 1) {
        const rename = () => ok(updateEvent({ client, path: { id }, body: { title: `Counter ${number}` } }));
        // Once more with a token that has not expired; on a busy machine ten seconds are few changes.
        await rename().catch(async () => {
          client = await signedIn(ana);
          return rename();
        });
      }
      await eventOf(page, `Counter ${to - 1}`).waitFor();
      return heap(devtools);
    };
    // The first ones fill what has a bound.
    const before = await changeTimes(0, 100);
    const after = await changeTimes(100, CHANGES);
    console.log(
      `Dashboard, heap over ${CHANGES} changes: ${(before / MIB).toFixed(1)} to ${(after / MIB).toFixed(1)} MiB`,
    );
    expect(after - before).toBeLessThan(4 * MIB);
    expect(await page.getByText('Sign in again').count()).toBe(0);
    expect(unexpected(complaints)).toEqual([]);
    await context.close();
  });
});

/**
 * Tokens live ten seconds here. A request of a busy page may carry one that has just expired: it is refused, the token is
 * renewed and the request sent again. Nobody sees that, except the console of the browser.
 */
const unexpected = (complaints: string[]): string[] => complaints.filter((text) => !/status of 401/.test(text));

/** Bytes in use, once what nobody needs is gone. */
async function heap(devtools: CDPSession): Promise<number> {
  for (let round = 0; round < 3; round += 1) await devtools.send('HeapProfiler.collectGarbage');
  return (await devtools.send('Runtime.getHeapUsage')).usedSize;
}

/** The shortest time of three in which a period is drawn that is known already, without what else the machine does. */
async function best(page: Page, away: string, back: string): Promise<number> {
  const times: number[] = [];
  await step(page, away);
  await step(page, back);
  for (let round = 0; round < 3; round += 1) {
    await step(page, away);
    times.push(await step(page, back));
  }
  return Math.min(...times);
}

/** Goes to another period; how many milliseconds passed until what is known of it was painted. Waits for the rest. */
async function step(page: Page, key: string): Promise<number> {
  const ms = await page.evaluate(async (pressed) => {
    const painted = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    await painted();
    const start = performance.now();
    document.querySelector('#calendar')!.dispatchEvent(new KeyboardEvent('keydown', { key: pressed, bubbles: true }));
    await painted();
    return performance.now() - start;
  }, key);
  await page.waitForLoadState('networkidle');
  return ms;
}
