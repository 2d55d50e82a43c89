import { gzipSync } from 'node:zlib';
import { calendarOf, vevent } from './calendar-files.js';
import type { HostileRequest } from './hostile-requests.js';

/** A file that nobody should be able to hold a server with, and the line that is at fault when it is refused. */
export interface HostileCalendar extends HostileRequest {
  /** Undefined for a file that is imported, at least in part. */
  line?: number;
}

const START = ['DTSTART;TZID=Europe/Paris:20310101T100000', 'DURATION:PT1M', 'TRANSP:TRANSPARENT'];
/** The first line of what `one` adds to its event. */
const FIRST = 10;
const one = (...lines: string[]): string => calendarOf(...vevent('hostile@example.org', ...START, ...lines));
const many = (count: number, line: (n: number) => string): string[] => Array.from({ length: count }, (_, n) => line(n));
const block = (count: number, line: (n: number) => string): string => many(count, line).join('\r\n');
const date = (n: number): string => new Date(Date.UTC(2031, 0, 1 + n)).toISOString().slice(0, 10).replaceAll('-', '');

const file = (name: string, body: string | Buffer, rest: Partial<HostileCalendar> = {}): HostileCalendar => ({
  name: `a calendar file with ${name}`,
  path: '/api/calendar/import?dry_run=true',
  type: 'text/calendar',
  body: Buffer.isBuffer(body) ? body : Buffer.from(body),
  ...rest,
});
const refused = (line: number): Partial<HostileCalendar> => ({ line });
const imported: Partial<HostileCalendar> = { accepted: true };

const LONG = 'a'.repeat(5 * 1_048_576);
const FOLDED = many(70_000, () => ` ${'b'.repeat(72)}`);

export const HOSTILE_CALENDARS = [
  // First: its buffers stay with the allocator until something else runs.
  file(
    '9 MB of an honest description each',
    calendarOf(
      block(400, (n) => vevent(`d${n}@example.org`, ...START, `DESCRIPTION:${'text '.repeat(3_900)}`).join('\r\n')),
    ),
    imported,
  ),
  file('a line of 5 MB', one(`X-LONG:${LONG}`), refused(FIRST)),
  file('a folded line of 5 MB', one('X-LONG:', FOLDED.join('\r\n')), refused(FIRST)),
  file('a text of 3 MB with escapes', one(`DESCRIPTION:${'\\n\\,'.repeat(750_000)}`), imported),
  file('a parameter of 3 MB', one(`X-LONG;P="${LONG.slice(0, 3_000_000)}":1`), imported),
  file(
    'a zone name of 3 MB',
    calendarOf(...vevent('z@example.org', `DTSTART;TZID=${LONG.slice(0, 3_000_000)}:20310101T100000`)),
    refused(7),
  ),
  file('1,000,000 quotes', one(`X-LONG;P=${'"'.repeat(1_000_000)}:1`), imported),
  file('500,000 parameters', one(`X-LONG${';A=b'.repeat(500_000)}:1`), imported),
  file(
    '100,000 components',
    calendarOf(
      block(50_000, (n) => `BEGIN:VTODO\r\nUID:${n}\r\nEND:VTODO`),
      block(50_000, () => 'BEGIN:VEVENT\r\nEND:VEVENT'),
    ),
    refused(60_001),
  ),
  file(
    '20,000 components that are no events',
    calendarOf(block(19_990, (n) => `BEGIN:VTODO\r\nUID:${n}\r\nEND:VTODO`)),
    imported,
  ),
  file(
    '20,000 events without a start',
    calendarOf(block(19_990, (n) => `BEGIN:VEVENT\r\nUID:${n}\r\nEND:VEVENT`)),
    refused(4),
  ),
  file('components 100,000 deep', many(100_000, () => 'BEGIN:VCALENDAR').join('\r\n'), refused(17)),
  file(
    '200,000 added dates',
    one(`RDATE;TZID=Europe/Paris:${many(200_000, (n) => `${date(n % 3_000)}T110000`).join()}`),
    refused(FIRST),
  ),
  file(
    '200,000 excluded dates',
    one('RRULE:FREQ=DAILY', `EXDATE;TZID=Europe/Paris:${many(200_000, (n) => `${date(n % 3_000)}T100000`).join()}`),
    refused(FIRST + 1),
  ),
  file(
    '2,000 added dates, each a period',
    one(`RDATE;VALUE=PERIOD;TZID=Europe/Paris:${many(2_000, (n) => `${date(n)}T100000/PT2M`).join()}`),
    refused(FIRST),
  ),
  file(
    '19,000 changes of occurrences of one series',
    calendarOf(
      ...vevent('series@example.org', ...START, 'RRULE:FREQ=DAILY'),
      block(19_000, (n) =>
        vevent(
          'series@example.org',
          `RECURRENCE-ID;TZID=Europe/Paris:${date(n % 9_000)}T100000`,
          `DTSTART;TZID=Europe/Paris:${date(n % 9_000)}T120000`,
          `SUMMARY:${n}`,
        ).join('\r\n'),
      ),
    ),
    imported,
  ),
  file(
    '19,000 occurrences that their series does not have',
    calendarOf(
      ...vevent('series@example.org', ...START, 'RRULE:FREQ=DAILY;COUNT=2'),
      block(19_000, (n) =>
        vevent(
          'series@example.org',
          `RECURRENCE-ID;TZID=Europe/Paris:${date(n)}T110000`,
          `DTSTART;TZID=Europe/Paris:${date(n)}T120000`,
        ).join('\r\n'),
      ),
    ),
    imported,
  ),
  file('a rule of 3 MB', one(`RRULE:FREQ=DAILY;BYHOUR=${many(1_000_000, (n) => `${n % 24}`).join()}`), {
    anyAnswer: true,
  }),
  file(
    '1,000 series of every minute',
    calendarOf(
      block(1_000, (n) =>
        vevent(
          `m${n}@example.org`,
          ...START,
          `RRULE:FREQ=DAILY;BYHOUR=${many(24, String).join()};BYMINUTE=${many(60, String).join()}`,
        ).join('\r\n'),
      ),
    ),
    { anyAnswer: true },
  ),
  file(
    '5,000 zones that only their rules name',
    calendarOf(
      block(
        5_000,
        (n) =>
          `BEGIN:VTIMEZONE\r\nTZID:Zone ${n}\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nRRULE:FREQ=DAILY\r\nTZOFFSETFROM:+0${n % 10}17\r\nTZOFFSETTO:+0${n % 9}23\r\nEND:STANDARD\r\nEND:VTIMEZONE`,
      ),
      block(5_000, (n) => vevent(`z${n}@example.org`, `DTSTART;TZID=Zone ${n}:20310101T100000`).join('\r\n')),
    ),
    { anyAnswer: true },
  ),
  file(
    'a VTIMEZONE of every second',
    calendarOf(
      'BEGIN:VTIMEZONE',
      'TZID:Odd',
      'BEGIN:STANDARD',
      'DTSTART:16010101T000000',
      `RRULE:FREQ=DAILY;BYHOUR=${many(24, String).join()};BYMINUTE=${many(60, String).join()};BYSECOND=${many(60, String).join()}`,
      'TZOFFSETFROM:+0100',
      'TZOFFSETTO:+0117',
      'END:STANDARD',
      'END:VTIMEZONE',
      ...vevent('odd@example.org', 'DTSTART;TZID=Odd:20310101T100000'),
    ),
    { anyAnswer: true },
  ),
  file(
    'names of prototypes',
    one('X-A;__proto__=x;constructor=y:1', '__PROTO__:x', 'CONSTRUCTOR;TOSTRING=1:y', 'X-B;__PROTO__.POLLUTED=1:z'),
    { anyAnswer: true },
  ),
  file('500,001 empty lines', '\r\n'.repeat(500_001), refused(500_001)),
  file('200,000 lines that are no properties', one(block(200_000, () => 'no property')), imported),
  file(
    'bytes of a picture',
    Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), Buffer.alloc(100_000, 0xfe)]),
    refused(1),
  ),
  file('UTF-16', Buffer.from(`\ufeff${one()}`, 'utf16le'), refused(1)),
  file('UTF-16 without a mark', Buffer.from(one(), 'utf16le'), refused(1)),
  file('Latin-1', Buffer.from(one('SUMMARY:Café'), 'latin1'), refused(FIRST)),
  file('NULs', one('SUMMARY:a\0b', `DESCRIPTION:${'\0'.repeat(1_000_000)}x`), imported),
  file('NULs in names', one(`${'\0'.repeat(1_000)}:x`), refused(FIRST)),
  file('a compressed body as it is', gzipSync(one()), refused(1)),
  file('a truncated compression', gzipSync(one()).subarray(0, 100), { encoding: 'gzip' }),
  file('1 GB in 1 MB', gzipSync(Buffer.alloc(100 * 1_048_576, 0x20)), { encoding: 'gzip' }),
];
