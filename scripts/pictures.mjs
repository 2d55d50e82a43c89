/**
 * `npm run pictures`: takes the pictures of the README from a running server that `npm run demo` has filled. Takes the
 * server's address; needs Chromium, where the tests look for it or in CHROMIUM_PATH.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const url = process.argv[2] ?? 'http://127.0.0.1:3000';
const places = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = places.find((path) => path && existsSync(path));
if (!executablePath) {
  console.error('There is no Chromium here: install it or set CHROMIUM_PATH.');
  process.exit(2);
}

const browser = await chromium.launch({ executablePath });
try {
  await take(
    'dashboard-week',
    async (page) => {
      await page.locator('#calendar [data-key]').first().waitFor();
    },
    wednesday(),
  );
  await take('dashboard-history', async (page) => {
    await page.locator('#calendar [data-key]', { hasText: 'Launch plan' }).first().click();
    await page.getByRole('tab', { name: 'History' }).click();
    // From where its time was first changed to where it was decided.
    await page.locator('.entry', { hasText: /v8 \d/ }).click();
    await page.locator('.entry', { hasText: /v2 \d/ }).click({ modifiers: ['Shift'] });
    await page.locator('.diff ins').first().waitFor();
  });
} finally {
  await browser.close();
}

/** Half past eleven in Paris on the Wednesday of this week: what is past is pale. */
function wednesday() {
  const day = new Date();
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7) + 2);
  return `${day.toISOString().slice(0, 10)}T10:30:00Z`;
}

/** Signs in as ana and takes the picture of what `arrange` leaves open. */
async function take(name, arrange, time) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/Paris',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  if (time) await page.clock.setFixedTime(time);
  await page.goto(url);
  await page.getByLabel('Username or email').fill('ana');
  await page.getByLabel('Password', { exact: true }).fill('sixty lively events');
  await page.getByRole('button', { name: 'Sign in', exact: true }).last().click();
  await page.getByText('Live', { exact: true }).waitFor();
  await arrange(page);
  await page.waitForLoadState('networkidle');
  const path = fileURLToPath(new URL(`../docs/images/${name}.png`, import.meta.url));
  await page.screenshot({ path });
  console.log(path);
  await context.close();
}
