import { SETTINGS } from '../src/platform/config/settings.js';

/** Settings with which a server counts every request, as in production, and refuses none. */
export const HIGH_LIMITS: Record<string, string> = Object.fromEntries(
  Object.values(SETTINGS)
    .filter(({ variable, fallback }) => variable.startsWith('RATE_LIMIT_') && fallback.includes('/'))
    .map(({ variable }) => [variable, '1000000/1']),
);
