import { existsSync } from 'node:fs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where the browser is, or undefined when this machine has none. */
export const chromiumPath: string | undefined = [process.env.CHROMIUM_PATH, ...PLACES].find(
  (path) => path !== undefined && existsSync(path),
);

/** For the name of a suite that needs the browser. */
export const unlessMissing = chromiumPath
  ? ''
  : ' (skipped: there is no Chromium here; install it or set CHROMIUM_PATH)';
