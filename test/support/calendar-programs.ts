import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { DavAccount } from './dav.js';

const find = (name: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));

/** Where the programs are, or undefined when this machine does not have both. */
const paths = { vdirsyncer: find('vdirsyncer'), khal: find('khal') };
export const hasCalendarPrograms = paths.vdirsyncer !== undefined && paths.khal !== undefined;

/** For the name of a suite that needs them. */
export const unlessMissing = hasCalendarPrograms
  ? ''
  : ' (skipped: there is no vdirsyncer or no khal here; install both)';

// The usual reporter names no suites that were skipped.
if (!hasCalendarPrograms) console.warn('No vdirsyncer or no khal here: the tests that need them are skipped');

interface Run {
  code: number;
  output: string;
}

/** A computer on which somebody keeps a copy of their calendar with vdirsyncer, and reads it with khal. */
export class CalendarComputer {
  private constructor(
    private readonly folder: string,
    readonly timeZone: string,
  ) {}

  static async create(url: string, { person, secret }: DavAccount, timeZone: string): Promise<CalendarComputer> {
    const folder = await mkdtemp(join(tmpdir(), 'convene-khal-'));
    await mkdir(join(folder, 'calendars', 'convene'), { recursive: true });
    const text = (value: string): string => JSON.stringify(value);
    const sync = `[general]
status_path = ${text(join(folder, 'status'))}
[pair convene]
a = "local"
b = "remote"
collections = ["from b"]
[storage local]
type = "filesystem"
path = ${text(join(folder, 'calendars'))}
fileext = ".ics"
[storage remote]
type = "caldav"
url = ${text(`${url}/`)}
username = ${text(person.username)}
password = ${text(secret)}
read_only = true
`;
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
    return this.run(paths.vdirsyncer!, ['-c', join(this.folder, 'vdirsyncer.ini'), 'discover'], 'y\ny\ny\n');
  }

  sync(): Promise<Run> {
    return this.run(paths.vdirsyncer!, ['-c', join(this.folder, 'vdirsyncer.ini'), 'sync']);
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
    const { code, output } = await this.run(paths.khal!, args);
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
    const env = {
      ...{ PATH: process.env.PATH, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TZ: this.timeZone },
      ...{ HOME: this.folder, XDG_CONFIG_HOME: this.folder, XDG_DATA_HOME: this.folder, XDG_CACHE_HOME: this.folder },
    };
    return new Promise((resolve) => {
      const child = execFile(program, args, { env }, (error, stdout, stderr) =>
        resolve({ code: error ? 1 : 0, output: stdout + stderr }),
      );
      child.stdin!.end(input);
    });
  }
}
