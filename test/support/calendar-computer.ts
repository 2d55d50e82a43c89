import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CALENDAR_PROGRAMS, type Run, runProgram } from './calendar-programs.js';
import type { DavAccount } from './dav.js';

/** Where vdirsyncer finds a calendar, in the words of its configuration. */
interface Remote {
  storage: string;
  collections: string;
}

const text = (value: string): string => JSON.stringify(value);

/** Everything that somebody sees, over CalDAV. */
export const caldavStorage = (url: string, { person, secret }: DavAccount): Remote => ({
  collections: '["from b"]',
  storage: `type = "caldav"
url = ${text(`${url}/`)}
username = ${text(person.username)}
password = ${text(secret)}
read_only = true
`,
});

/** The events of a feed. */
export const feedStorage = (url: string): Remote => ({
  collections: 'null',
  storage: `type = "http"\nurl = ${text(url)}\n`,
});

/** A computer on which somebody keeps a copy of their calendar with vdirsyncer, and reads it with khal. */
export class CalendarComputer {
  private constructor(
    private readonly folder: string,
    readonly timeZone: string,
  ) {}

  /** @param remote where the calendar is: `caldavStorage` or `feedStorage` */
  static async create({ storage, collections }: Remote, timeZone: string): Promise<CalendarComputer> {
    const folder = await mkdtemp(join(tmpdir(), 'convene-khal-'));
    await mkdir(join(folder, 'calendars', 'convene'), { recursive: true });
    const sync = `[general]
status_path = ${text(join(folder, 'status'))}
[pair convene]
a = "local"
b = "remote"
collections = ${collections}
conflict_resolution = "b wins"
[storage local]
type = "filesystem"
path = ${text(collections === 'null' ? join(folder, 'calendars', 'convene') : join(folder, 'calendars'))}
fileext = ".ics"
[storage remote]
${storage}`;
    const khal = `[calendars]
[[convene]]
path = ${join(folder, 'calendars', 'convene')}
readonly = True
[sqlite]
path = ${join(folder, 'khal.db')}
[locale]
local_timezone = ${timeZone}
default_timezone = ${timeZone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
`;
    await writeFile(join(folder, 'vdirsyncer.ini'), sync);
    await writeFile(join(folder, 'khal.ini'), khal);
    return new CalendarComputer(folder, timeZone);
  }

  /** Finds the calendar by discovery, from the host alone. */
  discover(): Promise<Run> {
    return this.run(CALENDAR_PROGRAMS.vdirsyncer, ['-c', join(this.folder, 'vdirsyncer.ini'), 'discover'], 'y\ny\ny\n');
  }

  sync(): Promise<Run> {
    return this.run(CALENDAR_PROGRAMS.vdirsyncer, ['-c', join(this.folder, 'vdirsyncer.ini'), 'sync']);
  }

  /** Returns what khal lists in some days, a line for each occurrence, in the order of their times. */
  async list(from: string, days: number): Promise<string[]> {
    const format = '{start-long}|{end-long}|{cancelled}{title}';
    const args = [
      '-c',
      join(this.folder, 'khal.ini'),
      'list',
      '--format',
      format,
      '--day-format',
      '',
      from,
      `${days}d`,
    ];
    const { code, output } = await this.run(CALENDAR_PROGRAMS.khal, args);
    if (code !== 0) throw new Error(output);
    return output
      .split('\n')
      .filter((line) => line.includes('|'))
      .map((line) => line.trim());
  }

  /** Returns the files of the copy. */
  async files(): Promise<string[]> {
    const folder = join(this.folder, 'calendars', 'convene');
    return Promise.all((await readdir(folder)).sort().map((name) => readFile(join(folder, name), 'utf8')));
  }

  dispose(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  private run(program: string, args: string[], input = ''): Promise<Run> {
    return runProgram(program, args, this.folder, this.timeZone, input);
  }
}
