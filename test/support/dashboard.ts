import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { createEvent, shareEvent } from '../../sdk/generated/sdk.gen.js';
import { buildServer } from './build.js';
import { chromiumPath } from './chromium.js';
import type { Settings } from '../../src/platform/config/settings.js';
import { createDatabase } from './database.js';
import { MailBox } from './mail-box.js';
import { ok, type Person, startApp, type TestApp } from './test-app.js';
import { thisWeek } from './this-week.js';
import { PATIENCE_MS } from './patient.js';

/** The dashboard in a real browser, from the files that the build made. */
export interface Dashboard {
  app: TestApp;
  browser: Browser;
  /** A browser of its own for a person, signed in, with this week before them. */
  open(person: Person, options?: OpenOptions): Promise<Opened>;
  /** The server ends and starts again, at the same address and with its data. */
  restart(meanwhile?: () => Promise<void>): Promise<void>;
  /** A browser in which nobody is signed in. */
  visit(options?: OpenOptions): Promise<Opened>;
  close(): Promise<void>;
}

interface OpenOptions {
  path?: string;
  width?: number;
  height?: number;
  dark?: boolean;
  /** The time zone of the browser. */
  zone?: string;
}

export interface Opened {
  page: Page;
  context: BrowserContext;
  /** Requests to elsewhere, errors, and violations of the policy. */
  complaints: string[];
}

export async function startDashboard(settings: Partial<Settings> = {}): Promise<Dashboard> {
  await buildServer();
  const database = await createDatabase();
  let app = await startApp(settings, database);
  const { url } = app;
  const browser = await chromium.launch({ executablePath: chromiumPath! });

  const visit = async ({
    path = '/',
    width = 1440,
    height = 900,
    dark = false,
    zone = 'UTC',
  }: OpenOptions = {}): Promise<Opened> => {
    const context = await browser.newContext({
      viewport: { width, height },
      locale: 'en-GB',
      timezoneId: zone,
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const complaints: string[] = [];
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (origin !== url && protocol !== 'ws:') complaints.push(`asks ${request.url()}`);
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // Refusals are part of the dashboard: a conflict, a clash.
      if (message.type() === 'error' && !/status of 4(09|12|22)/.test(message.text())) complaints.push(message.text());
    });
    await page.goto(url + path);
    return { page, context, complaints };
  };

  return {
    get app() {
      return app;
    },
    browser,
    visit,
    restart: async (meanwhile) => {
      await app.close();
      await meanwhile?.();
      app = await startApp(settings, database, Number(new URL(url).port));
    },
    open: async (person, options) => {
      // A phone shows another view.
      const opened = await visit(options?.width ? options : { path: thisWeek(), ...options });
      const { page } = opened;
      await page.getByLabel('Username or email').fill(person.username);
      await page.getByLabel('Password', { exact: true }).fill(person.password);
      await page.getByRole('button', { name: 'Sign in', exact: true }).last().click();
      await page.locator('#calendar').waitFor();
      await page.getByText('Live', { exact: true }).waitFor();
      return opened;
    },
    close: async () => {
      await browser.close();
      await app.close();
      await database.drop();
    },
  };
}

/** The dashboard of a server that writes its mails to files. */
export async function startMailDashboard(): Promise<{ dashboard: Dashboard; box: MailBox; close(): Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'convene-mail-'));
  const dashboard = await startDashboard({ mail: true, dataDir });
  const close = async (): Promise<void> => {
    await dashboard.close();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  };
  return { dashboard, box: new MailBox(join(dataDir, 'outbox')), close };
}

/** Drags an event by so many pixels. */
export async function drag(page: Page, title: string, x: number, y: number): Promise<void> {
  const box = (await eventOf(page, title).boundingBox())!;
  const [left, top] = [box.x + 30, box.y + 10];
  await page.mouse.move(left, top);
  await page.mouse.down();
  await page.mouse.move(left + x / 2, top + y / 2, { steps: 8 });
  await page.mouse.move(left + x, top + y, { steps: 8 });
  await page.mouse.up();
}

/** The event in the calendar. */
export const eventOf = (page: Page, title: string) => page.locator('#calendar [data-key]', { hasText: title }).first();

/** Holds the writes to an address, until the function that this returns is called. */
export function holdWrites(page: Page, address: RegExp): Promise<() => void> {
  return hold(page, address, (method) => method !== 'GET');
}

/** Holds the reads of an address, until the function that this returns is called. */
export function holdReads(page: Page, address: RegExp): Promise<() => void> {
  return hold(page, address, (method) => method === 'GET');
}

/** Holds the reads of lists of events, until the function that this returns is called. */
export function holdLists(page: Page): Promise<() => void> {
  return holdReads(page, /\/api\/events\?/);
}

async function hold(page: Page, address: RegExp, isHeld: (method: string) => boolean): Promise<() => void> {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(address, async (route) => {
    if (isHeld(route.request().method())) await held;
    await route.fallback();
  });
  return release;
}

/** Signs up two people who know each other: Ana in UTC and Sam in New York. */
export async function signUpApart(app: TestApp): Promise<[ana: Person, sam: Person]> {
  const [ana, sam] = [await app.signUp('ana'), await app.signUp('sam', 'America/New_York')];
  const past = { title: 'Known', start_time: '2020-01-01T09:00:00Z', end_time: '2020-01-01T10:00:00Z' };
  const { id } = await ok(createEvent({ client: ana.client, body: past }));
  await ok(shareEvent({ client: ana.client, path: { id }, body: { user_id: sam.id, role: 'viewer' } }));
  return [ana, sam];
}
