import type { ContentInput } from '../../src/content/draft.js';
import { editContent } from '../../src/content/edit.js';
import type { EventContent } from '../../src/content/event-content.js';
import { findOriginal, removeOccurrences, type Scope } from '../../src/content/series-edit.js';
import { contentOf } from '../support/contents.js';

/** Two states of an event, and what happened between them. */
export interface Situation {
  what: string;
  before: EventContent | null;
  after: EventContent;
}

const PARIS = 'Europe/Paris';

/** Monday 1 June 2026, 10:00 to 11:00 in Paris. */
const LUNCH = contentOf({ title: 'Lunch' }, PARIS);
const STANDUP = contentOf({ title: 'Standup', recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO' }, PARIS);
const ALL_DAY = contentOf({ title: 'Fair', start_time: '2026-06-09', end_time: '2026-06-12', all_day: true }, PARIS);
const DAY_OFF = contentOf(
  {
    title: 'Day off',
    start_time: '2026-06-01',
    end_time: '2026-06-02',
    all_day: true,
    recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO',
  },
  PARIS,
);

type Change = (content: EventContent) => EventContent;

const set =
  (input: ContentInput): Change =>
  (content) =>
    editContent(content, { input, target: null, timeZone: PARIS });
const of =
  (occurrence: string, input: ContentInput, scope: Scope = 'this'): Change =>
  (content) =>
    editContent(content, { input, target: { occurrence, scope }, timeZone: PARIS });
const without =
  (...occurrences: string[]): Change =>
  (content) =>
    occurrences.reduce((left, text) => removeOccurrences(left, findOriginal(left, text), 'this')!, content);
const also =
  (...times: string[]): Change =>
  (content) =>
    set({ added: [...content.added, ...times] })(content);
const deleted: Change = (content) => ({ ...content, deletedAt: new Date(0) });

/** What happens to an event, after what has happened to it before. */
function after(start: EventContent, what: string, change: Change | Change[], earlier: Change[] = []): Situation {
  const before = earlier.reduce((content, one) => one(content), start);
  const changes = Array.isArray(change) ? change : [change];
  return { what, before, after: changes.reduce((content, one) => one(content), before) };
}

const lunch = (what: string, change: Change | Change[], ...earlier: Change[]): Situation =>
  after(LUNCH, what, change, earlier);
const standup = (what: string, change: Change | Change[], ...earlier: Change[]): Situation =>
  after(STANDUP, what, change, earlier);
const repeating = (rule: string, what: string, change: Change | Change[], ...earlier: Change[]): Situation =>
  after(set({ recurrence_pattern: rule })(LUNCH), what, change, earlier);

const LINES = Array.from({ length: 12 }, (_, index) => `${index + 1}. Point number ${index + 1} of the agenda`);
const AGENDA = LINES.join('\n');
const swap = (lines: Record<number, string>): string => LINES.map((line, index) => lines[index] ?? line).join('\n');
const LONG =
  'The quarterly review covers the budget, the hiring plan and the new office in Lyon, in this order, at ten.';

export const SITUATIONS: Record<string, Situation[]> = {
  Titles: [
    lunch('another title', set({ title: 'Dinner' })),
    lunch('one word more', set({ title: 'Team lunch' })),
    lunch('a title with quotes', set({ title: 'The “big” lunch' })),
    lunch('a title that ends the quote', set({ title: 'A” to “B' })),
    lunch('a title with emoji', set({ title: 'Lunch 👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿' })),
    lunch('a title in Japanese', set({ title: '昼食会' })),
    lunch('a title in Hebrew', set({ title: 'ארוחת צהריים' })),
    lunch('another title with an override of direction', set({ title: 'Lunch \u202egnp.exe' })),
    lunch('a title with a colour of the terminal', set({ title: '\u001b[31mLunch\u001b[0m' })),
    lunch('a title with a line break', set({ title: 'Lunch\n- Dinner' })),
    lunch('only a space more', set({ title: 'Lunch  today' }), set({ title: 'Lunch today' })),
    lunch('only another composition of a letter', set({ title: 'Cafe\u0301' }), set({ title: 'Café' })),
    lunch('only a zero-width space', set({ title: 'Lun\u200bch' })),
    lunch('one word of a long title', set({ title: LONG.replace('Lyon', 'Nantes') }), set({ title: LONG })),
    lunch('a long title instead of a short one', set({ title: LONG })),
    lunch(
      'two words of a long title',
      set({ title: LONG.replace('Lyon', 'Nantes').replace('budget', 'forecast') }),
      set({ title: LONG }),
    ),
    lunch(
      'a title that was redacted',
      (content) => ({ ...content, title: 'Plan' }),
      (content) => ({ ...content, title: '[redacted]' }),
    ),
    lunch('a title that is redacted', (content) => ({ ...content, title: '[redacted]' })),
  ],
  'Descriptions, locations and links': [
    lunch('a first description', set({ description: 'Bring plates' })),
    lunch('a description of two lines', set({ description: 'Bring plates\nand forks' })),
    lunch('no description', set({ description: null }), set({ description: 'Bring plates' })),
    lunch('a short description changed', set({ description: 'Bring forks' }), set({ description: 'Bring plates' })),
    lunch('a line at the end', set({ description: `${AGENDA}\n13. Anything else` }), set({ description: AGENDA })),
    lunch('a line at the beginning', set({ description: `0. Welcome\n${AGENDA}` }), set({ description: AGENDA })),
    lunch(
      'a line less',
      set({ description: LINES.filter((_, index) => index !== 4).join('\n') }),
      set({ description: AGENDA }),
    ),
    lunch(
      'a word in the middle',
      set({ description: swap({ 5: '6. Point number 6 of the plan' }) }),
      set({ description: AGENDA }),
    ),
    lunch(
      'words in two lines',
      set({ description: swap({ 1: '2. Budget', 9: '10. Hiring' }) }),
      set({ description: AGENDA }),
    ),
    lunch(
      'words in three lines',
      set({ description: swap({ 1: '2. A', 5: '6. B', 9: '10. C' }) }),
      set({ description: AGENDA }),
    ),
    lunch('only line breaks', set({ description: AGENDA.replaceAll('\n', '\r\n') }), set({ description: AGENDA })),
    lunch('everything', set({ description: LONG }), set({ description: AGENDA })),
    lunch(
      'a long Chinese text',
      set({ description: '我们在会议室讨论预算和招聘计划'.repeat(6).replace('招聘', '办公室') }),
      set({ description: '我们在会议室讨论预算和招聘计划'.repeat(6) }),
    ),
    lunch('a first location', set({ location: 'Room 4' })),
    lunch('another location', set({ location: 'Room 5' }), set({ location: 'Room 4' })),
    lunch('no location', set({ location: null }), set({ location: 'Room 4' })),
    lunch('a first link', set({ url: 'https://meet.example.com/lunch' })),
    lunch(
      'the end of a long link',
      set({ url: `https://example.com/${'a'.repeat(90)}/2` }),
      set({ url: `https://example.com/${'a'.repeat(90)}/1` }),
    ),
    lunch('no link', set({ url: null }), set({ url: 'https://meet.example.com/lunch' })),
  ],
  'Times of a single event': [
    lunch('two hours later', set({ start_time: '2026-06-01T12:00', end_time: '2026-06-01T13:00' })),
    lunch('the next day', set({ start_time: '2026-06-02T10:00', end_time: '2026-06-02T11:00' })),
    lunch('only a later start', set({ start_time: '2026-06-01T10:30', end_time: '2026-06-01T11:00' })),
    lunch('only a later end', set({ end_time: '2026-06-01T12:00' })),
    lunch('an end on the next day', set({ end_time: '2026-06-02T01:00' })),
    lunch('over midnight', set({ start_time: '2026-06-01T22:00', end_time: '2026-06-02T06:00' })),
    lunch(
      'from one night to another',
      set({ start_time: '2026-06-02T22:00', end_time: '2026-06-03T06:00' }),
      set({ start_time: '2026-06-01T22:00', end_time: '2026-06-02T06:00' }),
    ),
    lunch('half a minute later', set({ start_time: '2026-06-01T10:00:30', end_time: '2026-06-01T11:00:30' })),
    lunch('into another year', set({ start_time: '2027-01-04T10:00', end_time: '2027-01-04T11:00' })),
    lunch(
      'into the second of two equal hours',
      set({ start_time: '2026-10-25T01:30:00Z', end_time: '2026-10-25T01:45:00Z' }),
      set({ start_time: '2026-10-25T00:30:00Z', end_time: '2026-10-25T00:45:00Z' }),
    ),
    lunch(
      'a longer event into the second of two equal hours',
      set({ end_time: '2026-10-25T01:30:00Z' }),
      set({ start_time: '2026-10-25T00:15:00Z', end_time: '2026-10-25T00:30:00Z' }),
    ),
    lunch(
      'times and title at once',
      set({ title: 'Dinner', start_time: '2026-06-01T19:00', end_time: '2026-06-01T21:00' }),
    ),
    lunch(
      'times, title, location and status at once',
      set({
        title: 'Dinner',
        location: 'Room 4',
        status: 'tentative',
        start_time: '2026-06-01T19:00',
        end_time: '2026-06-01T21:00',
      }),
    ),
  ],
  'Time zones': [
    lunch(
      'another zone, the same moment',
      set({ time_zone: 'Asia/Tokyo', start_time: '2026-06-01T08:00:00Z', end_time: '2026-06-01T09:00:00Z' }),
    ),
    lunch(
      'another zone, the same wall time',
      set({ time_zone: 'Asia/Tokyo', start_time: '2026-06-01T10:00', end_time: '2026-06-01T11:00' }),
    ),
    lunch('a zone with the same time', set({ time_zone: 'Europe/Berlin' })),
    lunch(
      'another zone and another time',
      set({ time_zone: 'Asia/Tokyo', start_time: '2026-06-02T09:00', end_time: '2026-06-02T10:00' }),
    ),
    lunch(
      'another day in the new zone, the same moment',
      set({ time_zone: 'America/Los_Angeles', start_time: '2026-06-01T05:00:00Z', end_time: '2026-06-01T06:00:00Z' }),
      set({ start_time: '2026-06-01T07:00', end_time: '2026-06-01T08:00' }),
    ),
    standup(
      'a series in another zone, the same wall time',
      set({ time_zone: 'Asia/Tokyo', start_time: '2026-06-01T10:00', end_time: '2026-06-01T11:00' }),
    ),
    standup('a series in a zone with the same time', set({ time_zone: 'Europe/Berlin' })),
    after(ALL_DAY, 'the zone of an all-day event', set({ time_zone: 'Asia/Tokyo' })),
  ],
  'All-day events': [
    after(ALL_DAY, 'a day longer', set({ end_time: '2026-06-13' })),
    after(ALL_DAY, 'a week later', set({ start_time: '2026-06-16', end_time: '2026-06-19' })),
    after(ALL_DAY, 'only the first day', set({ end_time: '2026-06-10' })),
    after(
      ALL_DAY,
      'with times again',
      set({ all_day: false, start_time: '2026-06-09T09:00', end_time: '2026-06-09T17:00' }),
    ),
    lunch('all day', set({ all_day: true, start_time: '2026-06-01', end_time: '2026-06-02' })),
    lunch('all day on another day', set({ all_day: true, start_time: '2026-06-02', end_time: '2026-06-04' })),
    lunch(
      'with times again on its day',
      set({ all_day: false, start_time: '2026-06-01T12:00', end_time: '2026-06-01T13:00' }),
      set({ all_day: true, start_time: '2026-06-01', end_time: '2026-06-02' }),
    ),
    after(DAY_OFF, 'one day of a series left out', without('2026-06-08')),
    after(DAY_OFF, 'one day of a series moved', of('2026-06-08', { start_time: '2026-06-09', end_time: '2026-06-10' })),
    after(DAY_OFF, 'one day of a series longer', of('2026-06-08', { end_time: '2026-06-10' })),
    standup('a series all day', set({ all_day: true, start_time: '2026-06-01', end_time: '2026-06-02' })),
  ],
  'Status and availability': [
    lunch('free', set({ show_as: 'free' })),
    lunch('busy again', set({ show_as: 'busy' }), set({ show_as: 'free' })),
    lunch('tentative', set({ status: 'tentative' })),
    lunch('cancelled', set({ status: 'cancelled' })),
    lunch('confirmed and free', set({ status: 'confirmed', show_as: 'free' }), set({ status: 'tentative' })),
    lunch('to the trash', deleted),
    lunch('back from the trash', (content) => ({ ...content, deletedAt: null }), deleted),
  ],
  'Becoming a series, and no longer': [
    lunch('every Monday', set({ recurrence_pattern: 'FREQ=WEEKLY' })),
    lunch('every weekday until a date', set({ recurrence_pattern: 'FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20260630' })),
    lunch('five times', set({ recurrence_pattern: 'FREQ=DAILY;COUNT=5' })),
    lunch('a second date', also('2026-06-09T10:00')),
    standup('no series', set({ recurrence_pattern: null })),
    lunch('no further dates', set({ is_recurring: false }), also('2026-06-09T10:00')),
    lunch('every Monday but one', set({ recurrence_pattern: 'FREQ=WEEKLY', excluded: ['2026-06-08T10:00'] })),
    standup(
      'no series after changes to occurrences',
      set({ recurrence_pattern: null }),
      without('2026-06-08T10:00'),
      of('2026-06-15T10:00', { title: 'Retro' }),
    ),
  ],
  Rules: [
    standup(
      'Tuesdays',
      set({ recurrence_pattern: 'FREQ=WEEKLY;BYDAY=TU', start_time: '2026-06-02T10:00', end_time: '2026-06-02T11:00' }),
    ),
    standup('every second week', set({ recurrence_pattern: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO' })),
    standup('Mondays and Wednesdays', set({ recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO,WE' })),
    standup('monthly', set({ recurrence_pattern: 'FREQ=MONTHLY;BYDAY=1MO' })),
    standup('an end', set({ recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO;UNTIL=20260630' })),
    repeating('FREQ=WEEKLY;UNTIL=20260630', 'a later end', set({ recurrence_pattern: 'FREQ=WEEKLY;UNTIL=20260731' })),
    repeating('FREQ=WEEKLY;UNTIL=20260630', 'no end', set({ recurrence_pattern: 'FREQ=WEEKLY' })),
    repeating('FREQ=WEEKLY;COUNT=5', 'more occurrences', set({ recurrence_pattern: 'FREQ=WEEKLY;COUNT=8' })),
    repeating(
      'FREQ=WEEKLY;COUNT=5',
      'a date instead of a number',
      set({ recurrence_pattern: 'FREQ=WEEKLY;UNTIL=20260630' }),
    ),
    repeating(
      'FREQ=WEEKLY;UNTIL=20260630',
      'another day and another end',
      set({ recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO,FR;UNTIL=20260731' }),
    ),
    repeating(
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO',
      'another first day of the week',
      set({ recurrence_pattern: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;WKST=SU' }),
    ),
    repeating(
      'FREQ=MONTHLY;BYMONTHDAY=1',
      'the last Friday',
      set({
        recurrence_pattern: 'FREQ=MONTHLY;BYDAY=-1FR',
        start_time: '2026-06-26T10:00',
        end_time: '2026-06-26T11:00',
      }),
    ),
    repeating(
      'FREQ=YEARLY',
      'another date of the year',
      set({ start_time: '2026-06-02T10:00', end_time: '2026-06-02T11:00' }),
    ),
    repeating(
      'FREQ=WEEKLY;BYDAY=MO,WE',
      'only Mondays, when a Wednesday had its own title',
      set({ recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO' }),
      of('2026-06-03T10:00', { title: 'Retro' }),
    ),
  ],
  'Moving a series': [
    standup('two hours later', set({ start_time: '2026-06-01T12:00', end_time: '2026-06-01T13:00' })),
    standup('a longer one', set({ end_time: '2026-06-01T12:00' })),
    standup('a day later', set({ start_time: '2026-06-02T10:00', end_time: '2026-06-02T11:00' })),
    standup(
      'later, after a date was removed',
      set({ start_time: '2026-06-01T12:00', end_time: '2026-06-01T13:00' }),
      without('2026-06-08T10:00'),
    ),
    standup(
      'later, after one got its own title',
      set({ start_time: '2026-06-01T12:00', end_time: '2026-06-01T13:00' }),
      of('2026-06-08T10:00', { title: 'Retro' }),
    ),
    standup(
      'later, after one was moved',
      set({ start_time: '2026-06-01T12:00', end_time: '2026-06-01T13:00' }),
      of('2026-06-08T10:00', { start_time: '2026-06-09T15:00', end_time: '2026-06-09T16:00' }),
    ),
    standup(
      'a day later, after a date was removed and one got its own title',
      set({ start_time: '2026-06-02T10:00', end_time: '2026-06-02T11:00' }),
      without('2026-06-08T10:00'),
      of('2026-06-15T10:00', { title: 'Retro' }),
    ),
    standup(
      'later, after a date was added',
      set({ start_time: '2026-06-01T12:00', end_time: '2026-06-01T13:00' }),
      also('2026-06-10T10:00'),
    ),
    standup(
      'all of it through one occurrence',
      of('2026-06-08T10:00', { start_time: '2026-06-08T14:00', end_time: '2026-06-08T15:00' }, 'all'),
    ),
    standup(
      'all of it through an occurrence with its own title',
      of('2026-06-08T10:00', { title: 'Sync' }, 'all'),
      of('2026-06-08T10:00', { title: 'Retro' }),
    ),
    standup('another title, after one got its own', set({ title: 'Sync' }), of('2026-06-08T10:00', { title: 'Retro' })),
    standup('later, and one date removed at once', [
      set({ start_time: '2026-06-01T12:00', end_time: '2026-06-01T13:00' }),
      without('2026-06-08T12:00'),
    ]),
  ],
  'Single occurrences': [
    standup('one removed', without('2026-06-08T10:00')),
    standup('two removed', without('2026-06-08T10:00', '2026-06-15T10:00')),
    standup(
      'five removed',
      without('2026-06-08T10:00', '2026-06-15T10:00', '2026-06-22T10:00', '2026-06-29T10:00', '2026-07-06T10:00'),
    ),
    standup('one restored', set({ excluded: [] }), without('2026-06-08T10:00')),
    standup(
      'three restored',
      set({ excluded: [] }),
      without('2026-06-08T10:00', '2026-06-15T10:00', '2026-06-22T10:00'),
    ),
    standup('one removed and another restored', [set({ excluded: ['2026-06-15T10:00'] })], without('2026-06-08T10:00')),
    standup('one added', also('2026-06-10T10:00')),
    standup('two added', also('2026-06-10T10:00', '2026-06-11T10:00')),
    standup('an added one no longer', set({ added: [] }), also('2026-06-10T10:00')),
    standup(
      'one of two on a day removed',
      without('2026-06-08T15:00'),
      set({ recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO;BYHOUR=10,15;BYMINUTE=0' }),
    ),
    standup('an added one removed', without('2026-06-10T10:00'), also('2026-06-10T10:00')),
    standup('one with its own title removed', without('2026-06-08T10:00'), of('2026-06-08T10:00', { title: 'Retro' })),
    standup(
      'one moved to the afternoon',
      of('2026-06-08T10:00', { start_time: '2026-06-08T15:00', end_time: '2026-06-08T16:00' }),
    ),
    standup(
      'one moved to another day',
      of('2026-06-08T10:00', { start_time: '2026-06-09T15:00', end_time: '2026-06-09T16:00' }),
    ),
    standup(
      'one moved again',
      of('2026-06-08T10:00', { start_time: '2026-06-10T15:00', end_time: '2026-06-10T16:00' }),
      of('2026-06-08T10:00', { start_time: '2026-06-09T15:00', end_time: '2026-06-09T16:00' }),
    ),
    standup(
      'one moved back',
      of('2026-06-08T10:00', { start_time: '2026-06-08T10:00', end_time: '2026-06-08T11:00' }),
      of('2026-06-08T10:00', { start_time: '2026-06-09T15:00', end_time: '2026-06-09T16:00' }),
    ),
    standup('one longer', of('2026-06-08T10:00', { end_time: '2026-06-08T12:00' })),
    standup(
      'one as long as the others again',
      of('2026-06-08T10:00', { end_time: '2026-06-08T11:00' }),
      of('2026-06-08T10:00', { end_time: '2026-06-08T12:00' }),
    ),
    standup('one with its own title', of('2026-06-08T10:00', { title: 'Retro' })),
    standup(
      'one with another title of its own',
      of('2026-06-08T10:00', { title: 'Review' }),
      of('2026-06-08T10:00', { title: 'Retro' }),
    ),
    standup(
      'one with the title of the series again',
      of('2026-06-08T10:00', { title: 'Standup' }),
      of('2026-06-08T10:00', { title: 'Retro' }),
    ),
    standup('one with a description', of('2026-06-08T10:00', { description: 'Bring notes' })),
    standup(
      'one without the description of the series',
      of('2026-06-08T10:00', { description: null }),
      set({ description: 'Bring notes' }),
    ),
    standup('one in another room', of('2026-06-08T10:00', { location: 'Room 5' }), set({ location: 'Room 4' })),
    standup('one with a link', of('2026-06-08T10:00', { url: 'https://meet.example.com/retro' })),
    standup(
      'a line more in the description of one',
      of('2026-06-08T10:00', { description: `${AGENDA}\n13. Anything else` }),
      set({ description: AGENDA }),
    ),
    standup('one cancelled', of('2026-06-08T10:00', { status: 'cancelled' })),
    standup(
      'one confirmed again',
      of('2026-06-08T10:00', { status: 'confirmed' }),
      of('2026-06-08T10:00', { status: 'cancelled' }),
    ),
    standup('one shown as free', of('2026-06-08T10:00', { show_as: 'free' })),
    standup(
      'one moved with another title',
      of('2026-06-08T10:00', { title: 'Retro', start_time: '2026-06-09T15:00', end_time: '2026-06-09T16:00' }),
    ),
    standup('two changed at once', [
      of('2026-06-08T10:00', { title: 'Retro' }),
      of('2026-06-15T10:00', { location: 'Room 5' }),
    ]),
    standup(
      'a moved one removed',
      without('2026-06-08T10:00'),
      of('2026-06-08T10:00', { start_time: '2026-06-09T15:00', end_time: '2026-06-09T16:00' }),
    ),
    repeating(
      'FREQ=WEEKLY;COUNT=5',
      'fewer, when a later one had its own title',
      set({ recurrence_pattern: 'FREQ=WEEKLY;COUNT=2' }),
      of('2026-06-22T10:00', { title: 'Retro' }),
    ),
    standup('one removed in another zone', [
      set({ time_zone: 'Asia/Tokyo', start_time: '2026-06-01T10:00', end_time: '2026-06-01T11:00' }),
      without('2026-06-08T10:00'),
    ]),
    standup(
      'twelve renamed',
      Array.from({ length: 12 }, (_, week) => {
        const monday = new Date(Date.UTC(2026, 5, 8 + 7 * week)).toISOString().slice(0, 10);
        return of(`${monday}T10:00`, { title: `Standup ${week + 2}` });
      }),
    ),
  ],
  'From nothing': [
    { what: 'a new event', before: null, after: LUNCH },
    {
      what: 'a new event with everything',
      before: null,
      after: contentOf(
        {
          title: 'Lunch',
          description: 'Pizza',
          location: 'Room 4',
          url: 'https://example.com',
          status: 'tentative',
          show_as: 'free',
        },
        PARIS,
      ),
    },
    { what: 'a new series with a date left out', before: null, after: without('2026-06-08T10:00')(STANDUP) },
    { what: 'a new all-day event', before: null, after: ALL_DAY },
  ],
};
