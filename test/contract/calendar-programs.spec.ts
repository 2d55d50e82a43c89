import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CALENDAR_PROGRAMS,
  LIST_WITH_ICALENDAR,
  missingPrograms,
  runProgram,
  unlessMissing,
} from '../support/foreign-calendars.js';
import { createMeeting } from '../support/meetings.js';
import { send } from '../support/requests.js';
import { type Person, startApp, type TestApp } from '../support/test-app.js';

/** Start in UTC, or the date of an all-day event, and title: both sides of the changes of the clocks in 2026. */
const EXPECTED = [
  // 9 h in Paris: until 24 October at 7 h UTC, from the 25th on at 8 h.
  '2026-10-12T07:00 Paris',
  '2026-10-19T09:30 Moved',
  '2026-11-02T08:00 Paris',
  // The second is excluded, the fourth cancelled. 9 h in New York: until 31 October at 13 h UTC.
  '2026-10-23T13:00 New York',
  '2026-10-30T13:00 New York',
  '2026-11-06T14:00 New York',
  // The clocks of Lord Howe change by half an hour, on 4 October.
  '2026-09-28T22:30 Lord Howe',
  '2026-10-05T22:00 Lord Howe',
  '2026-10-24 All day',
  '2026-10-25 All day',
  '2026-10-26 All day',
].sort();

describe.skipIf(missingPrograms.length > 0)(`calendar programs of others${unlessMissing}`, () => {
  let app: TestApp;
  let ana: Person;
  let home: string;
  /** The address of the feed. */
  let url: string;

  beforeAll(async () => {
    app = await startApp();
    home = await mkdtemp(join(tmpdir(), 'convene-calendars-'));
    ana = await app.signUp('ana', 'Europe/Paris');
    const weekly = (title: string, time_zone: string, start: string, count: number): Promise<{ id: string }> =>
      createMeeting(ana, {
        title,
        time_zone,
        start_time: start,
        end_time: start.replace(/T\d\d/, (hour) => `T${String(Number(hour.slice(1)) + 1).padStart(2, '0')}`),
        recurrence_pattern: `FREQ=WEEKLY;COUNT=${count}`,
        show_as: 'free',
      });
    const edit = async (id: string, date: string, body: object | undefined, method = 'PUT'): Promise<void> => {
      const path = `/api/events/${id}?occurrence=${date}&scope=this`;
      expect((await send(app, path, { as: ana, method, body })).status).toBeLessThan(300);
    };
    const paris = await weekly('Paris', 'Europe/Paris', '2026-10-12T09:00:00', 4);
    await edit(paris.id, '2026-10-19T09:00:00', {
      title: 'Moved',
      start_time: '2026-10-19T11:30:00',
      end_time: '2026-10-19T12:30:00',
    });
    await edit(paris.id, '2026-10-26T09:00:00', { status: 'cancelled' });
    const york = await weekly('New York', 'America/New_York', '2026-10-16T09:00:00', 4);
    await edit(york.id, '2026-10-16T09:00:00', undefined, 'DELETE');
    await weekly('Lord Howe', 'Australia/Lord_Howe', '2026-09-29T09:00:00', 2);
    await createMeeting(ana, {
      title: 'All day',
      all_day: true,
      start_time: '2026-10-24',
      end_time: '2026-10-25',
      recurrence_pattern: 'FREQ=DAILY;COUNT=3',
      show_as: 'free',
    });
    const made = await send(app, '/api/calendar/feed', { as: ana, body: {} });
    url = `${app.url}${new URL(made.json.url).pathname}`;
  });
  afterAll(async () => {
    await app.close();
    await rm(home, { recursive: true, force: true });
  });

  it('python3-icalendar reads the right times from an export', async () => {
    const { bytes } = await send(app, '/api/calendar.ics', { as: ana, headers: { accept: 'text/calendar' } });
    await writeFile(join(home, 'export.ics'), bytes);
    const printed = await runProgram('/usr/bin/python3', ['-c', LIST_WITH_ICALENDAR, 'export.ics'], home);
    expect(printed.trim().split('\n')).toEqual(EXPECTED);
  });

  it('vdirsyncer subscribes to the feed, and khal lists the right times from what it fetched', async () => {
    const folder = join(home, 'events');
    await mkdir(folder);
    const config = `
[general]
status_path = "${join(home, 'status')}"
[pair feed]
a = "there"
b = "here"
collections = null
conflict_resolution = "a wins"
[storage there]
type = "http"
url = "${url}"
[storage here]
type = "filesystem"
path = "${folder}"
fileext = ".ics"
`;
    await writeFile(join(home, 'vdirsyncer.conf'), config);
    const sync = (command: string): Promise<string> =>
      runProgram(CALENDAR_PROGRAMS.vdirsyncer, ['-c', join(home, 'vdirsyncer.conf'), command], home);
    await sync('discover');
    await sync('sync');
    expect(await readdir(folder)).toHaveLength(4);

    const khal = `
[calendars]
[[convene]]
path = ${folder}
[locale]
local_timezone = UTC
default_timezone = UTC
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = ${join(home, 'khal.db')}
[default]
show_all_days = False
`;
    await writeFile(join(home, 'khal.conf'), khal);
    const format = '{start-date-long}T{start-time} {status}{title}';
    const args = ['-c', join(home, 'khal.conf'), 'list', '--day-format', '', '--format', format];
    const printed = await runProgram(CALENDAR_PROGRAMS.khal, [...args, '2026-09-01', '120d'], home);
    const listed = printed
      .split('\n')
      .filter((line) => line.trim() !== '' && !/cancell?ed/i.test(line))
      .map((line) => line.trim().replace(/T /, ' '))
      .map((line) => line.replace(/(T\d\d:\d\d|\d) +(?:CONFIRMED)? */, '$1 '));
    expect([...new Set(listed)].sort()).toEqual(EXPECTED);
  });
});
