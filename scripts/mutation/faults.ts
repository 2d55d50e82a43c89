import type { Fault } from './fault.js';
import { FAULTS_OF_ACCOUNTS } from './faults-of-accounts.js';
import { FAULTS_OF_ADMINISTRATION } from './faults-of-administration.js';
import { FAULTS_OF_EVENTS } from './faults-of-events.js';
import { FAULTS_OF_HISTORY } from './faults-of-history.js';
import { FAULTS_OF_LIMITS } from './faults-of-limits.js';
import { FAULTS_OF_MEMBERS } from './faults-of-members.js';
import { FAULTS_OF_TRIGGERS } from './faults-of-triggers.js';

/**
 * Faults that the tests must notice, kept by hand. A generator such as Stryker makes thousands, of which each would need
 * a database and a minute of tests, and none in SQL; these are the mistakes that matter here, with the tests that are
 * meant to catch them.
 */
export const FAULTS: Fault[] = [
  ...FAULTS_OF_HISTORY,
  ...FAULTS_OF_TRIGGERS,
  ...FAULTS_OF_MEMBERS,
  ...FAULTS_OF_LIMITS,
  ...FAULTS_OF_EVENTS,
  ...FAULTS_OF_ACCOUNTS,
  ...FAULTS_OF_ADMINISTRATION,
];

/** Returns the source with the mistake. @throws Error when the place is not found exactly once */
export function plant(source: string, { name, find, replace }: Fault): string {
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`“${name}”: its place occurs ${parts.length - 1} times`);
  return parts.join(replace);
}
