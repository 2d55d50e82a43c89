import type { Dice } from './dice.js';

const TOPICS = (
  'Budget Roadmap Design Hiring Customer Release Security Onboarding Marketing Support Billing Research Legal Payroll ' +
  'Platform Mobile Search Checkout Analytics Data Network Storage Training Travel Partner Supplier Warehouse Audit ' +
  'Incident Backlog Quarterly Annual Brand Website Newsletter Compliance Recruiting Facilities Lunch Pricing'
).split(' ');
const FORMS = 'review planning workshop interview sync demo retrospective call briefing check-in'.split(' ');
const ROOMS = 'Room Office Hall Studio Lab'.split(' ');
const WORDS = (
  'please bring the latest numbers and agree on next steps before we meet so that everyone can prepare questions ' +
  'agenda open issues decisions owners deadlines risks summary notes follow up share document link draft feedback'
).split(' ');

/** Returns a title such as “Budget review 412”. Every topic occurs in one of forty titles. */
export const title = (dice: Dice): string => `${dice.pick(TOPICS)} ${dice.pick(FORMS)} ${dice.below(1_000)}`;

/** Returns a few sentences; null for an event without a description. */
export function description(dice: Dice): string | null {
  if (dice.happens(0.35)) return null;
  const words = Array.from({ length: 5 + Math.min(dice.exponential(35), 400) }, () => dice.pick(WORDS));
  return `${dice.pick(TOPICS)}: ${words.join(' ')}.`;
}

export const location = (dice: Dice): string | null =>
  dice.happens(0.4) ? null : `${dice.pick(ROOMS)} ${1 + dice.below(60)}`;

export const url = (dice: Dice): string => `https://meet.example.com/${dice.below(1_000_000)}`;

/** Returns the reason for a change; null for most. */
export const comment = (dice: Dice): string | null =>
  dice.happens(0.2) ? `Because of the ${dice.pick(TOPICS).toLowerCase()} ${dice.pick(FORMS)}` : null;
