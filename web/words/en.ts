import type { Change as LiveItem } from '../../sdk/index.js';
import type { View } from '../state/view.js';
import { clock, longDay, shortDay, weekdayName } from '../time/format.js';
import { wallTime } from '../time/zoned.js';

const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** The day and the time of an instant; of a day, only the day. */
function startIn(start: string, zone: string): string {
  const wall = wallTime(start, zone);
  return `${longDay(wall.slice(0, 10))}${wall.includes('T') ? `, ${clock(wall)}` : ''}`;
}

/** Every sentence of the calendar. The parts that are loaded later have their own files beside this one. */
export const words = {
  skip: 'Skip to the calendar',
  calendar: 'Calendar',
  newEvent: 'New event',
  findTime: 'Find a time',
  trash: 'Trash',
  administration: 'Administration',
  settings: 'Settings',
  inbox: 'Inbox',
  people: 'People',
  you: 'You',
  yours: 'yours',
  today: 'Today',
  search: 'Search',
  view: 'View',
  zone: 'Time zone of the calendar',
  undo: 'Undo',
  show: 'Show',
  close: 'Close',
  cancel: 'Cancel',
  save: 'Save',
  copy: 'Copy',
  done: 'Done',
  showPassword: 'Show password',
  tryNow: 'Try now',
  seeChange: 'See change',
  showSidebar: 'Sidebar',
  previousMonth: 'Previous month',
  nextMonth: 'Next month',
  previous: { day: 'Previous day', week: 'Previous week', month: 'Previous month', agenda: 'Earlier' } satisfies Record<
    View,
    string
  >,
  next: { day: 'Next day', week: 'Next week', month: 'Next month', agenda: 'Later' } satisfies Record<View, string>,
  views: { day: 'Day', week: 'Week', month: 'Month', agenda: 'Agenda' } satisfies Record<View, string>,
  viewLabel: (view: View, from: string): string =>
    `${{ day: 'Day', week: 'Week of', month: 'Month from', agenda: 'Agenda from' }[view]} ${from}`,
  week: (number: number): string => `Week ${number}`,
  goTo: (day: string, text: string, width: 'short' | 'narrow'): string =>
    `${weekdayName(day, width)} ${Number(day.slice(8))}, go to ${text}`,
  more: (count: number): string => `${count} more`,
  draftKept: (title: string): string => (title ? `Draft kept: “${title}”` : 'Draft kept'),
  goOn: 'Continue',
  discard: 'Discard',
  allDay: 'All day',
  allDayShort: 'all day',
  earlier: 'Load earlier',
  later: 'Load later',
  until: 'until',
  dayOf: (day: number, of: number): string => `Day ${day} of ${of}`,
  ownedBy: (name: string): string => `owned by ${name}`,
  free: 'shown as free',
  repeats: 'repeats',
  status: { confirmed: 'Confirmed', tentative: 'Tentative', cancelled: 'Cancelled' },
  nothing: {
    day: 'Nothing on this day',
    week: 'Nothing this week',
    month: 'Nothing this month',
    agenda: 'Nothing in these weeks',
  },
  emptyHint: 'Press C for a new event, or drag over the hours of a day or a week.',
  emptyHintTouch: 'What you create, and what others share with you, appears here.',
  notificationsCount: (unread: number): string => `Notifications, ${unread} unread`,
  loadFailed: 'The server did not answer.',
  offline: 'You are offline.',
  notRead: {
    day: 'This day has not been read yet.',
    week: 'This week has not been read yet.',
    month: 'This month has not been read yet.',
    agenda: 'These weeks have not been read yet.',
  } satisfies Record<View, string>,
  shownFrom: (time: string): string => `What you see is from ${time}.`,
  pill: {
    connecting: 'Connecting',
    live: 'Live',
    reconnecting: 'Reconnecting',
    offline: 'Offline',
    sending: 'Sending',
    asks: 'Needs you',
    withWaiting: {
      connecting: (count: number): string => `Connecting, ${count} to send`,
      live: (count: number): string => `Live, ${count} to send`,
      reconnecting: (count: number): string => `Reconnecting, ${count} to send`,
      offline: (count: number): string => `Offline, ${count} to send`,
      sending: (count: number): string => `Sending ${count}`,
      asks: (count: number): string => `${plural(count, 'change')} to decide`,
    },
    past: 'Not the present',
    caughtUp: (count: number): string => `Caught up, ${plural(count, 'change')}`,
  },
  roles: { owner: 'Owner', editor: 'Editor', viewer: 'Viewer' },
  toast: {
    undone: (what: string): string => `Undone: ${what}`,
    joined: (what: string): string =>
      `Undone: ${what}. It is one series again; the part that was split off is in the trash`,
    putBack: 'Put back. ',
    created: (title: string, start: string, zone: string): string => `Created “${title}” on ${startIn(start, zone)}`,
    saved: (title: string): string => `Saved “${title}”`,
    moved: (title: string, start: string, zone: string): string => `Moved “${title}” to ${startIn(start, zone)}`,
    merged: (title: string): string => `Saved “${title}” together with a change that others made meanwhile`,
    trashed: (title: string): string => `Moved “${title}” to the trash`,
    dateRemoved: (title: string, day: string): string => `Deleted ${shortDay(day)} of “${title}”`,
    seriesEnded: (title: string, day: string): string => `Deleted ${shortDay(day)} and all later dates of “${title}”`,
    restored: (title: string): string => `Restored “${title}”`,
    restoredVersion: (version: number): string => `Restored version ${version}. Nothing is lost`,
    undidVersion: (version: number): string => `Undid version ${version} and kept the later ones`,
    left: (title: string): string => `You left “${title}”`,
    shared: (names: string): string => `Shared with ${names}`,
    notShared: (names: string): string => `Not shared with ${names}`,
    roleChanged: (name: string, role: string): string => `${name} is now ${role.toLowerCase()}`,
    removed: (name: string): string => `Removed ${name}`,
    transferred: (name: string): string => `${name} owns this event now`,
    copied: (what: string): string => `${what} copied`,
    burst: (count: number, people: number): string =>
      `${plural(count, 'change')} by ${plural(people, 'person', 'people')}`,
    others: ({ actor, message }: LiveItem): string =>
      message.startsWith(actor.username) ? message : `${actor.username}: ${message}`,
  },
  outbox: {
    kept: (title: string): string => `Kept “${title}” on this device, to be sent later`,
    sent: (count: number, merged: string[]): string =>
      `Sent ${plural(count, 'change')}${merged.length === 0 ? '' : `, merged with what others changed in ${merged.map((title) => `“${title}”`).join(' and ')}`}`,
    refused: (title: string, why: string): string => `“${title}” was not sent. ${why}`,
    see: 'See',
    waits: 'not sent yet',
  },
  refused: {
    splitWaits: 'The series is split once you are online. Edit it then',
    forbidden: 'You can view this event, not edit it',
    unreachable: 'The server did not answer',
    notFound: 'You no longer have access to it',
    conflict: 'It overlaps with another event of its owner',
    laterChanges: 'It can’t be undone alone: the same fields were changed again later',
    rateLimited: (seconds: number): string => `Slow down for ${seconds} s. Your text is kept`,
  },
};
