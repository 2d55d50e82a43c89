import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CalendarComputer, feedStorage } from '../support/calendar-computer.js';
import {
  compileLibicalProgram,
  hasCalendarPrograms,
  LIST_WITH_ICALENDAR,
  runProgram,
  unlessMissing,
} from '../support/calendar-programs.js';
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

describe.skipIf(!hasCalendarPrograms)(`calendar programs of others${unlessMissing}`, () => {
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
    expect(printed.output.trim().split('\n')).toEqual(EXPECTED);
  });

  it.each(['UTC', 'Pacific/Auckland'])(
    'libical reads the right times from the feed, on a computer in %s',
    async (zone) => {
      await writeFile(join(home, 'feed.ics'), Buffer.from(await (await fetch(url)).arrayBuffer()));
      const printed = await runProgram(await compileLibicalProgram(home), ['feed.ics'], home, zone);
      expect(printed.output.trim().split('\n').sort()).toEqual(EXPECTED);
    },
  );

  it('vdirsyncer subscribes to the feed, and khal lists the right times from what it fetched', async () => {
    const computer = await CalendarComputer.create(feedStorage(url), 'UTC');
    try {
      expect(await computer.discover()).toMatchObject({ code: 0 });
      expect(await computer.sync()).toMatchObject({ code: 0 });
      expect(await computer.files()).toHaveLength(4);
      const listed = (await computer.list('2026-09-01', 120)).flatMap((line) => {
        const [start, , title] = line.split('|');
        return /^cancell?ed/i.test(title!) ? [] : `${start!.replace(' ', 'T')} ${title}`;
      });
      expect([...new Set(listed)].sort()).toEqual(EXPECTED);
    } finally {
      await computer.dispose();
    }
  });
});
