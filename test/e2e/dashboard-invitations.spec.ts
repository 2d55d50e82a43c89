import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, listPermissions, login, shareEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { chromiumPath, unlessMissing } from '../support/chromium.js';
import { type Dashboard, eventOf, startMailDashboard } from '../support/dashboard.js';
import { fresh, INVITED } from '../support/invitations.js';
import type { MailBox } from '../support/mail-box.js';
import { ok, PASSWORD, type Person } from '../support/test-app.js';
import { wednesday } from '../support/this-week.js';

describe.skipIf(!chromiumPath)(`people who are invited by address${unlessMissing}`, () => {
  let dashboard: Dashboard;
  let box: MailBox;
  let close: (() => Promise<void>) | undefined;
  beforeAll(async () => void ({ dashboard, box, close } = await startMailDashboard()));
  afterAll(() => close?.());

  const schedule = async (person: Person): Promise<string> => {
    const body = { title: 'Plan', start_time: wednesday('09:00'), end_time: wednesday('09:30'), time_zone: 'UTC' };
    return (await ok(createEvent({ client: person.client, body }))).id;
  };
  const invite = (person: Person, id: string, email: string) =>
    ok(shareEvent({ client: person.client, path: { id }, body: { users: [{ email, role: 'editor' }] } }));

  const openHistory = async (page: Page): Promise<void> => {
    await eventOf(page, 'Plan').click();
    await page.getByRole('tab', { name: 'History' }).click();
    await page.locator('.tl li').first().waitFor();
  };

  it('create an account with the link, on a page whose every rule the browser understands', async () => {
    const ana = await dashboard.app.signUp('ana');
    const id = await schedule(ana);
    const [username, email] = [fresh('cid'), `${fresh('cid')}@example.com`];
    await invite(ana, id, email);
    const { token } = await box.next(email, INVITED);
    const { page, context, complaints } = await dashboard.visit({ path: `/invitation#${token}`, zone: 'Asia/Tokyo' });
    await page.getByLabel('The e-mail address that was invited').fill(email);
    await page.getByLabel('User name').fill(`${username}!`);
    await page.getByLabel('Password').fill(PASSWORD);
    const create = page.getByRole('button', { name: 'Create the account' });
    await create.click();
    expect(
      await page.getByLabel('User name').evaluate((input: HTMLInputElement) => input.validity.patternMismatch),
    ).toBe(true);
    await page.getByLabel('User name').fill(ana.username);
    await create.click();
    // Above the forms, with what is wrong.
    await page.locator('h1 + [role=status][data-kind=refused]').waitFor();
    await page.getByLabel('User name').fill(username);
    await create.click();
    await page.getByText('The invitation is accepted.').waitFor();
    await page.getByRole('link', { name: 'Open the dashboard' }).click();
    await page.getByRole('button', { name: 'Sign in', exact: true }).first().waitFor();
    const { items } = await ok(listPermissions({ client: ana.client, path: { id } }));
    expect(items.map((one) => `${one.username} ${one.role}`)).toEqual([`${ana.username} owner`, `${username} editor`]);
    const { user } = await ok(login({ client: dashboard.app.client(), body: { username, password: PASSWORD } }));
    expect(user.time_zone).toBe('Asia/Tokyo');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('are people in the history, and no versions', async () => {
    const ana = await dashboard.app.signUp('ana');
    const id = await schedule(ana);
    await ok(updateEvent({ client: ana.client, path: { id }, body: { location: 'Room 1' } }));
    const [first, second] = [`${fresh('cid')}@example.com`, `${fresh('dan')}@example.com`];
    await invite(ana, id, first);
    const { page, context, complaints } = await dashboard.open(ana);
    await openHistory(page);
    await invite(ana, id, second);
    const { token } = await box.next(first, INVITED);
    const accepted = await fetch(`${dashboard.app.url}/api/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: fresh('cid'), email: first, password: PASSWORD, invitation: token }),
    });
    expect(accepted.status).toBe(201);
    // Created, changed, invited twice, accepted.
    await page.locator('.tl li').nth(4).waitFor();
    expect(await page.locator('.tl li').count()).toBe(5);
    expect(await page.locator('.tl .v').allTextContents()).toEqual(['v2', 'v1']);
    expect(await page.locator('.tl .tag').allTextContents()).toEqual(['to', 'from'].map((word) => expect.stringMatching(new RegExp(word, 'i')) as string)); // prettier-ignore
    expect(await page.locator('.tl').getByRole('button', { name: 'Undo' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: /^Restore/ }).count()).toBe(1);
    await page.locator('.diff').getByText('Room 1').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});
