import type { EventInput } from '../../sdk/index.js';
import type { Days } from './days.js';
import { NAMES, type Name } from './people.js';

/** An event of the demo, and with whom its owner shares it. */
export interface Planned {
  owner: Name;
  event: EventInput;
  members: Partial<Record<Name, 'editor' | 'viewer'>>;
}

type Members = Planned['members'];
/** What makes it more than a title and a time. */
type More = Partial<EventInput> & { to?: Members };

/** Everybody but those who are named otherwise: the owner is left out when it is shared. */
const all = (members: Members = {}): Members => ({
  ...Object.fromEntries(NAMES.map((name) => [name, 'viewer'])),
  ...members,
});

/** The calendar of five colleagues over six weeks before this one and six after it. */
export function calendarOf(days: Days): Planned[] {
  const planned: Planned[] = [];
  const plan = (owner: Name, title: string, times: Pick<EventInput, 'start_time' | 'end_time'>, more: More): void => {
    const { to = {}, ...event } = more;
    const members = Object.fromEntries(Object.entries(to).filter(([name]) => name !== owner));
    planned.push({ owner, event: { title, ...times, ...event }, members });
  };
  const on = (owner: Name, day: number, time: string, title: string, more: More = {}): void => {
    const [start, end] = time.split('–') as [string, string];
    plan(owner, title, { start_time: days.at(day, start), end_time: days.at(day, end) }, more);
  };
  const allDay = (owner: Name, day: number, length: number, title: string, more: More = {}): void => {
    const times = { start_time: days.date(day), end_time: days.date(day + length) };
    plan(owner, title, times, { all_day: true, show_as: 'free', ...more });
  };
  const every = (rrule: string): Pick<EventInput, 'is_recurring' | 'recurrence_pattern'> => ({
    is_recurring: true,
    recurrence_pattern: rrule,
  });

  // Two of the series began thirty weeks ago: at least one change of the clocks lies between then and now.
  on('ana', -210, '09:30–09:45', 'Stand-up', {
    ...every('FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR'),
    description: 'What I did, what I do, what holds me up.',
    to: all({ ben: 'editor' }),
  });
  on('ana', -40, '14:00–15:00', 'Product review', {
    ...every('FREQ=WEEKLY'),
    location: 'Room Curie',
    to: all({ ben: 'editor', cleo: 'editor' }),
  });
  on('ana', days.lastFriday(-42), '16:00–17:00', 'All-hands', { ...every('FREQ=MONTHLY;BYDAY=-1FR'), to: all() });
  on('ben', -41, '09:00–11:30', 'Focus time', every('FREQ=WEEKLY;BYDAY=TU,TH'));
  on('ben', -40, '17:00–18:00', 'Deploy window', { ...every('FREQ=WEEKLY'), to: { priya: 'editor', sam: 'viewer' } });
  on('cleo', -207, '15:00–16:00', 'Design critique', {
    ...every('FREQ=WEEKLY'),
    url: 'https://meet.example.com/critique',
    to: { ana: 'viewer', priya: 'editor' },
  });
  on('cleo', -42, '16:30–17:30', 'Tidy up the design files', every('FREQ=WEEKLY;INTERVAL=2'));
  on('priya', -41, '15:00–16:00', 'Release train', {
    ...every('FREQ=WEEKLY;INTERVAL=2'),
    description: 'Go or no-go, then the notes.',
    to: all({ ben: 'editor' }),
  });
  on('priya', -42, '07:00–08:00', 'Yoga', { ...every('FREQ=WEEKLY;BYDAY=MO,WE') });
  on('sam', -210, '10:00–10:45', 'Customer call: Northwind', {
    ...every('FREQ=WEEKLY'),
    description: 'In New York time: in some weeks of spring and autumn it moves by an hour for Europe.',
    to: { ana: 'viewer', ben: 'viewer' },
  });
  on('sam', -42, '09:00–09:20', 'Support hand-over', {
    ...every('FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR'),
    to: { priya: 'editor' },
  });

  on('ana', -41, '10:00–11:30', 'Budget planning', { to: { sam: 'viewer' } });
  on('ana', -34, '11:00–12:00', 'Interview: product designer', { to: { cleo: 'editor' } });
  on('ana', -31, '14:00–15:00', 'What the beta taught us', { to: all() });
  on('ana', -24, '10:00–11:00', 'Roadmap of the next quarter', { to: all({ ben: 'editor' }) });
  on('ana', -17, '13:00–14:00', 'Lunch with Northwind', { location: 'Chez Paul, Paris', to: { sam: 'viewer' } });
  on('ana', -10, '14:30–15:30', 'One-to-one with Priya', { to: { priya: 'editor' } });
  on('ana', 1, '11:00–11:30', 'One-to-one with Ben', { to: { ben: 'editor' } });
  on('ana', 2, '10:00–10:45', 'Call with the press', { status: 'tentative', to: { sam: 'viewer' } });
  on('ana', 3, '13:30–14:30', 'Pricing workshop', { url: 'https://board.example.com/pricing', to: { sam: 'editor' } });
  on('ana', 4, '11:00–12:00', 'Demo of the mobile app', { location: 'Room Curie', to: all({ cleo: 'editor' }) });
  on('ana', 8, '10:00–12:00', 'Hiring: final round', { to: { ben: 'viewer', cleo: 'viewer' } });
  on('ana', 11, '15:00–16:00', 'Partner briefing', { status: 'cancelled', to: { sam: 'viewer' } });
  allDay('ana', 15, 3, 'Team days in Lyon', { location: 'Lyon', to: all() });
  on('ana', 22, '10:00–11:00', 'Quarterly review', { to: all() });
  on('ana', 36, '10:00–11:00', 'Plan of the year: first draft', { to: { ben: 'viewer' } });

  allDay('ben', -21, 7, 'On call', { to: { ana: 'viewer', priya: 'viewer' } });
  allDay('ben', 7, 7, 'On call', { to: { ana: 'viewer', priya: 'viewer' } });
  on('ben', -38, '10:00–11:00', 'Looking back at the outage', { to: all({ priya: 'editor' }) });
  on('ben', -32, '13:00–14:00', 'Rehearse the database upgrade', { to: { priya: 'editor' } });
  on('ben', -17, '14:00–15:30', 'Pairing on search', { to: { priya: 'editor' } });
  on('ben', -12, '10:00–11:00', 'Security review', { to: { ana: 'viewer' } });
  on('ben', 0, '13:00–14:00', 'Architecture: offline edits', { to: { cleo: 'viewer', priya: 'editor' } });
  on('ben', 1, '14:00–15:00', 'Dentist');
  on('ben', 1, '14:30–15:30', 'Interview: backend engineer', { on_conflict: 'allow', to: { ana: 'editor' } });
  on('ben', 3, '14:00–15:00', 'Load test: dry run', { to: { priya: 'editor' } });
  on('ben', 4, '13:00–14:00', 'Lunch and learn: time zones', { to: all() });
  on('ben', 18, '10:00–12:00', 'Incident drill', { to: { priya: 'editor', sam: 'viewer' } });
  on('ben', 25, '15:00–16:00', 'Talk: why no slot is booked twice', { to: all() });

  on('cleo', -38, '10:00–11:00', 'Colours that people can tell apart', { to: { ana: 'viewer' } });
  on('cleo', -27, '14:00–15:30', 'User interviews, first round', { to: { ana: 'viewer', sam: 'editor' } });
  on('cleo', -20, '14:00–15:30', 'User interviews, second round', { to: { ana: 'viewer', sam: 'editor' } });
  on('cleo', -5, '11:00–12:00', 'Icons', { to: { ben: 'viewer' } });
  on('cleo', 1, '10:00–11:00', 'Portfolio: Inês Duarte', { to: { ana: 'viewer' } });
  on('cleo', 2, '10:30–11:30', 'Prototype of the time machine', { to: { ana: 'editor', ben: 'viewer' } });
  on('cleo', 4, '15:00–15:30', 'Pictures for the launch page', { status: 'tentative', to: { sam: 'editor' } });
  allDay('cleo', 21, 5, 'Holiday', { description: 'Back on Monday.', to: all() });
  on('cleo', 29, '10:00–11:00', 'What the tests of the prototype say', { to: all() });

  on('priya', -31, '11:00–12:00', 'Indexes for a million events', { to: { ben: 'editor' } });
  on('priya', -24, '16:00–17:00', 'Interview: site reliability', { to: { ben: 'viewer' } });
  on('priya', 0, '12:00–13:00', 'Lunch with the Pune team', { show_as: 'free' });
  on('priya', 2, '17:00–18:00', 'Migration: go through the plan', { to: { ben: 'editor' } });
  on('priya', 4, '14:00–15:00', 'Notes of the release', { to: { cleo: 'editor', sam: 'editor' } });
  allDay('priya', 9, 1, 'Festival', { status: 'tentative', to: { ana: 'viewer' } });
  on('priya', 16, '11:00–12:30', 'Backups: restore one for real', { to: { ben: 'viewer' } });

  on('sam', -33, '13:00–14:00', 'Customer call: Contoso', { to: { ana: 'viewer' } });
  on('sam', -13, '11:00–12:00', 'Answers that we write again and again', { to: { cleo: 'editor' } });
  on('sam', 1, '11:00–11:45', 'Onboarding: Contoso', { to: { ana: 'editor', cleo: 'viewer' } });
  on('sam', 3, '14:00–15:00', 'Help pages: what is missing', { to: { cleo: 'editor' } });
  on('sam', 10, '13:00–14:00', 'Renewal: Northwind', { to: { ana: 'editor' } });
  return planned;
}
