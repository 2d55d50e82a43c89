import type { CalendarEvent, Convene } from '../../sdk/index.js';
import type { Days } from './days.js';
import type { Name } from './people.js';

type People = Record<Name, Convene>;

/** Gives some events a past: edits of several people, moved and cancelled dates, what was undone and read. */
export async function tellStories(people: People, events: Map<string, CalendarEvent>, days: Days): Promise<void> {
  await launchPlan(people, days);
  await changedDates(people, events, days);
  await smallEdits(people, events, days);
  await readInboxes(people);
}

/** The event with the longest history of the demo: this week's Monday. */
async function launchPlan({ ana, ben, cleo, sam }: People, days: Days): Promise<void> {
  const { id } = await ana.events.create({
    title: 'Launch planing',
    start_time: days.at(0, '10:30'),
    end_time: days.at(0, '11:30'),
    description: 'Agenda\n- date\n- prices\n- who writes to whom',
  });
  await ana.events.share(id, [
    { username: 'ben', role: 'editor' },
    { username: 'cleo', role: 'editor' },
    { username: 'sam', role: 'viewer' },
  ]);
  await ben.events.update(id, { title: 'Launch planning', change_comment: 'Typo' });
  await cleo.events.update(id, {
    description: 'Agenda\n- date\n- prices\n- pictures for the page\n- who writes to whom',
    change_comment: 'We need pictures',
  });
  await ana.events.update(id, { location: 'Room Curie', end_time: days.at(0, '12:00') });
  const member = (await sam.account.get()).id;
  await ana.events.changeRole(id, member, 'editor');
  await sam.events.update(id, {
    url: 'https://meet.example.com/launch',
    change_comment: 'For those who are not in Paris',
  });
  await ben.events.update(id, {
    description: 'Decided: the launch is on the 12th.\nOpen: prices.',
    change_comment: 'After the call',
  });
  await cleo.events.rollback(id, 4, {
    fields: ['description'],
    change_comment: 'The agenda was lost',
  });
  await ben.events.update(id, {
    description:
      'Decided: the launch is on the 12th.\n\nAgenda\n- prices\n- pictures for the page\n- who writes to whom',
  });
  await ana.events.update(id, {
    title: 'Launch plan',
    start_time: days.at(0, '10:45'),
    change_comment: 'After the stand-up',
  });
  await sam.events.update(id, { location: 'Room Noether' });
  await ana.events.revert(id, 10, { change_comment: 'Curie has the big screen' });
  await ana.events.changeRole(id, member, 'viewer');
}

/** Dates of series that differ from their series. */
async function changedDates(
  { ana, ben, cleo, sam }: People,
  events: Map<string, CalendarEvent>,
  days: Days,
): Promise<void> {
  const review = events.get('Product review')!.id;
  const on = (day: number, time: string): { occurrence: string } => ({ occurrence: days.at(day, time) });
  await ana.events.update(
    review,
    { start_time: days.at(3, '15:00'), end_time: days.at(3, '16:00'), change_comment: 'Cleo is away on Wednesday' },
    on(2, '14:00'),
  );
  await ben.events.update(review, { title: 'Product review: the numbers' }, on(-5, '14:00'));
  await ana.events.delete(review, on(16, '14:00'));
  await cleo.events.update(events.get('Design critique')!.id, { status: 'cancelled' }, on(24, '15:00'));
  await sam.events.update(
    events.get('Customer call: Northwind')!.id,
    { start_time: days.at(7, '11:00'), end_time: days.at(7, '11:45') },
    on(7, '10:00'),
  );
  await ana.events.delete(events.get('Stand-up')!.id, on(4, '09:30'));
}

async function smallEdits(
  { ana, ben, cleo, priya, sam }: People,
  events: Map<string, CalendarEvent>,
  days: Days,
): Promise<void> {
  const id = (title: string): string => events.get(title)!.id;
  await sam.events.update(id('Onboarding: Contoso'), { description: 'They have 40 people in three offices.' });
  await ana.events.update(id('Onboarding: Contoso'), { description: 'They have 45 people in three offices.' });
  await cleo.events.update(id('Demo of the mobile app'), { title: 'Demo of the mobile app, with offline edits' });
  await ana.events.update(id('Prototype of the time machine'), { description: 'Can we see the calendar as it was?' });
  await priya.events.update(id('Pairing on search'), {
    end_time: days.at(-17, '15:00'),
    change_comment: 'Found it sooner',
  });
  await ben.events.update(id('Migration: go through the plan'), { description: 'Order: columns, data, constraints.' });
  await sam.events.update(id('Pricing workshop'), { title: 'Pricing workshop: three plans' });
  const { id: draft } = await ben.events.create({
    title: 'Refactor party',
    start_time: days.at(10, '16:00'),
    end_time: days.at(10, '17:00'),
  });
  await ben.events.delete(draft);
}

/** Ben and Priya have read theirs; the others have something to find. */
async function readInboxes({ ben, priya, ana }: People): Promise<void> {
  await Promise.all([ben.notifications.markAllRead(), priya.notifications.markAllRead()]);
  const { last_seq } = await ana.notifications.changes({ after: 0, limit: 1 });
  await ana.notifications.markAllRead({ up_to: Math.max(1, last_seq - 12) });
}
