import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Calendar programs of Debian, by the package that brings each. */
export const CALENDAR_PROGRAMS = {
  khal: '/usr/bin/khal',
  vdirsyncer: '/usr/bin/vdirsyncer',
  'python3-icalendar': '/usr/lib/python3/dist-packages/icalendar/__init__.py',
  // For a program of ours, which a test compiles.
  'libical-dev': '/usr/include/libical/ical.h',
  gcc: '/usr/bin/gcc',
} as const;

const missing = Object.entries(CALENDAR_PROGRAMS).flatMap(([name, path]) => (existsSync(path) ? [] : name));
export const hasCalendarPrograms = missing.length === 0;

/** For the name of a suite that needs them. */
export const unlessMissing = hasCalendarPrograms ? '' : ` (skipped: install ${missing.join(', ')})`;

// The usual reporter names no suites that were skipped.
if (!hasCalendarPrograms) console.warn(`No ${missing.join(', ')} here: the tests that need them are skipped`);

export interface Run {
  code: number;
  output: string;
}

/** Runs a program with a home and a time zone of its own. */
export function runProgram(program: string, args: string[], home: string, timeZone = 'UTC', input = ''): Promise<Run> {
  const env = {
    ...{ PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TZ: timeZone },
    ...{ HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, XDG_CACHE_HOME: home },
  };
  return new Promise((resolve) => {
    const child = execFile(program, args, { env, cwd: home }, (error, stdout, stderr) =>
      resolve({ code: error ? 1 : 0, output: stdout + stderr }),
    );
    // A program that reads nothing may have ended by now.
    child.stdin!.on('error', () => undefined).end(input);
  });
}

const LIBICAL_PROGRAM = fileURLToPath(new URL('list-with-libical.c', import.meta.url));

/** Compiles the program that lists a calendar with libical, and returns where it is. */
export async function compileLibicalProgram(folder: string): Promise<string> {
  const program = join(folder, 'list-with-libical');
  const { code, output } = await runProgram(
    CALENDAR_PROGRAMS.gcc,
    ['-O1', '-o', program, LIBICAL_PROGRAM, '-lical'],
    folder,
  );
  if (code !== 0) throw new Error(output);
  return program;
}

/** Reads a file with python3-icalendar, and prints each occurrence until 2027 as its start in UTC and its title. */
export const LIST_WITH_ICALENDAR = `
import sys
from datetime import datetime, date
import icalendar, pytz
from dateutil.rrule import rrulestr

calendar = icalendar.Calendar.from_ical(open(sys.argv[1], 'rb').read())
shown, overridden = [], set()
events = list(calendar.walk('VEVENT'))
for event in events:
    if 'RECURRENCE-ID' in event:
        overridden.add((str(event['UID']), event['RECURRENCE-ID'].dt))

def show(moment, event):
    if event.get('STATUS') == 'CANCELLED':
        return
    text = moment.astimezone(pytz.utc).strftime('%Y-%m-%dT%H:%M') if isinstance(moment, datetime) else moment.isoformat()
    shown.append(text + ' ' + str(event['SUMMARY']))

def listed(value):
    if value is None:
        return []
    return [one.dt for part in (value if isinstance(value, list) else [value]) for one in part.dts]

for event in events:
    start = event['DTSTART'].dt
    if 'RRULE' not in event:
        show(start, event)
        continue
    zone = getattr(start, 'tzinfo', None)
    zone = pytz.timezone(zone.zone) if zone else None
    rule = event['RRULE'].to_ical().decode()
    naive = start.replace(tzinfo=None) if zone else datetime(start.year, start.month, start.day)
    for moment in rrulestr('RRULE:' + rule, dtstart=naive).between(datetime(2026, 1, 1), datetime(2027, 1, 1), inc=True):
        moment = zone.localize(moment) if zone else moment.date()
        if moment in listed(event.get('EXDATE')) or (str(event['UID']), moment) in overridden:
            continue
        show(moment, event)
print('\\n'.join(sorted(shown)))
`;
