import type { Locator, Page } from 'playwright-core';
import { eventOf } from './dashboard.js';

export const field = (page: Page, name: string): Locator => page.getByLabel(name, { exact: true });

export const heading = (page: Page, name: string): Promise<void> => page.getByRole('heading', { name }).waitFor();

/** Saves the form in the drawer. */
export const save = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Save', exact: true }).last().click();

export const closeDrawer = (page: Page): Promise<void> =>
  page.locator('.drawer').getByRole('button', { name: 'Close' }).click();

/** Opens the form of an event. */
export async function edit(page: Page, title: string): Promise<void> {
  await eventOf(page, title).click();
  await heading(page, title);
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
}

/** Begins an event, with its title, in the small form. */
export async function begin(page: Page, title: string): Promise<void> {
  await page.keyboard.press('c');
  await page.getByRole('dialog', { name: 'New event' }).waitFor();
  await field(page, 'Title').fill(title);
}

/** Begins an event, with its title, in the whole form. */
export async function beginInDrawer(page: Page, title: string): Promise<void> {
  await begin(page, title);
  await page.getByRole('button', { name: 'More' }).click();
  await heading(page, 'New event');
}
