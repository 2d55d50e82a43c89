import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, getMe, login } from '../../sdk/generated/sdk.gen.js';
import { chromiumPath, unlessMissing } from '../support/chromium.js';
import { type Dashboard, startMailDashboard } from '../support/dashboard.js';
import type { MailBox } from '../support/mail-box.js';
import { ok, refused } from '../support/test-app.js';
import { wednesday } from '../support/this-week.js';

describe.skipIf(!chromiumPath)(`the account in the dashboard${unlessMissing}`, () => {
  let dashboard: Dashboard;
  let box: MailBox;
  let close: (() => Promise<void>) | undefined;
  beforeAll(async () => void ({ dashboard, box, close } = await startMailDashboard()));
  afterAll(() => close?.());

  it('changes the address and the password, signs a device out, and lists what was done', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context, complaints } = await dashboard.open(ana);
    await page.getByRole('button', { name: 'Settings' }).click();
    const settings = page.getByRole('dialog', { name: 'Settings' });
    await settings.getByRole('tab', { name: 'Account' }).click();
    await settings.getByRole('button', { name: 'Change the address' }).click();
    await settings.getByLabel('New email').fill(`new-${ana.email}`);
    await settings.getByLabel('Current password').fill('not this one');
    await settings.getByRole('button', { name: 'Save' }).click();
    await settings.getByText('This is not the current password.').waitFor();
    await settings.getByLabel('Current password').fill(ana.password);
    await settings.getByRole('button', { name: 'Save' }).click();
    await settings.getByText(`new-${ana.email} replaces it once it is confirmed`).waitFor();
    // The one of the sign-up, beside that of this browser.
    await settings.getByText('This device').waitFor();
    await settings.getByRole('button', { name: 'Change the password' }).click();
    await settings.getByLabel('New password').fill('another horse 8');
    await settings.getByLabel('Current password').fill(ana.password);
    await settings.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Password changed').waitFor();
    expect((await refused(getMe({ client: ana.client }))).status).toBe(401);
    await settings.getByRole('button', { name: 'Your activity' }).click();
    await page.getByRole('dialog', { name: 'Your activity' }).getByText('Password changed').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('leads from a forgotten password over the mail to a new one', async () => {
    const ana = await dashboard.app.signUp('ana');
    const { page, context } = await dashboard.visit();
    await page.getByRole('button', { name: 'Forgot your password?' }).click();
    await page.getByLabel('Email').fill(ana.email);
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByText('the mail is on its way').waitFor();
    const { token } = await box.next(ana.email, 'Set a new password');
    await page.goto(`${dashboard.app.url}/reset-password#${token}`);
    await page.getByLabel('New password').fill('yet another horse 9');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByText('The new password is set.').waitFor();
    await ok(login({ client: ana.client, body: { username: ana.username, password: 'yet another horse 9' } }));
    await context.close();
  });

  it('begins with today where its person is, not where the browser is', async () => {
    // Their dates always differ.
    const ana = await dashboard.app.signUp('ana', 'Pacific/Kiritimati');
    const today = (): string => new Intl.DateTimeFormat('sv', { timeZone: 'Pacific/Kiritimati' }).format(new Date());
    const before = today();
    const { page, context } = await dashboard.open(ana, { path: '/', zone: 'Pacific/Pago_Pago' });
    expect([before, today()].map((day) => `/calendar/week/${day}`)).toContain(new URL(page.url()).pathname);
    await context.close();
  });

  it('shows users and figures to an administrator, who disables an account', async () => {
    const [root, ben] = [await dashboard.app.signUp('root-of'), await dashboard.app.signUp('ben')];
    await dashboard.app.database.query(`UPDATE users SET role = 'admin' WHERE id = $1`, [root.id]);
    const { page, context, complaints } = await dashboard.open(root);
    await page.getByRole('navigation').getByRole('button', { name: 'Administration' }).click();
    const administration = page.getByRole('dialog', { name: 'Administration' });
    await administration.getByText('Live connections').waitFor();
    await administration.getByLabel('Name or email').fill(ben.username);
    // Choosing, as an arrow key does, is not doing.
    const actions = administration.getByLabel(`Actions for ${ben.username}`);
    await actions.selectOption('Make administrator');
    await actions.selectOption('Disable');
    await ok(getMe({ client: ben.client }));
    await administration.getByRole('button', { name: `Apply to ${ben.username}` }).click();
    await administration.getByText('Disabled', { exact: true }).waitFor();
    expect((await refused(getMe({ client: ben.client }))).status).toBe(401);
    await administration.getByRole('button', { name: 'Close' }).click();
    // A phone has no sidebar.
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('button', { name: 'You', exact: true }).click();
    await page.getByRole('dialog', { name: 'Settings' }).getByRole('button', { name: 'Administration' }).waitFor();
    await page.getByRole('dialog', { name: 'Settings' }).getByRole('button', { name: 'Trash' }).click();
    await page.getByRole('dialog', { name: 'Trash' }).getByText('The trash is empty.').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('erases an account after its password', async () => {
    const ana = await dashboard.app.signUp('ana');
    const body = { title: 'Mine', start_time: wednesday('09:00'), end_time: wednesday('10:00'), time_zone: 'UTC' };
    await ok(createEvent({ client: ana.client, body }));
    const { page, context } = await dashboard.open(ana);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('tab', { name: 'Account' }).click();
    await page.getByRole('button', { name: 'Erase the account' }).click();
    await page.getByLabel('Current password').fill(ana.password);
    await page.getByRole('button', { name: 'Erase it for good' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect((await refused(getMe({ client: ana.client }))).status).toBe(401);
    await context.close();
  });
});
