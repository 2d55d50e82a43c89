import { AGENDA, also, lunch, of, repeating, set, type Situation, standup, without } from './situation.js';

/** What happens to series and their occurrences. */
export const SERIES_SITUATIONS: Record<string, Situation[]> = {
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
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU',
      'another first day of the week',
      set({ recurrence_pattern: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU' }),
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
};
