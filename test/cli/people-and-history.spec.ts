import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { calendarOf, vevent } from '../support/calendar-files.js';
import { CommandLine, expectSchema, TERMINAL } from '../support/command-line.js';
import { CommandLineServer } from '../support/command-line-server.js';
import { LockHolder } from '../support/held-locks.js';
import { PATIENCE_MS } from '../support/patient.js';

let server: CommandLineServer;
let ana: CommandLine;
let ben: CommandLine;
let plan: string;
beforeAll(async () => {
  server = await CommandLineServer.start();
  [ana, ben] = [await CommandLine.create(server.url), await CommandLine.create(server.url)];
  await ana.signUp('ana', 'Europe/Paris');
  await ben.signUp('ben', 'Europe/Paris');
  plan = (await ana.json<{ id: string }>('events', 'add', 'Plan', '2031-03-03 10:00-11:00')).id;
});
afterAll(async () => {
  await ana.dispose();
  await ben.dispose();
  await server.dispose();
});

describe('convene share', () => {
  it('gives, changes and ends roles', async () => {
    expect(await ana.ok('share', 'add', 'Plan', 'ben', '--dry-run')).toMatch(
      /^Dry run: .*\n {2}Plan \(times in Europe\/Paris\)\n {4}ana {2}owner .*\n {4}ben {2}viewer .*\nNotified would be: ben\.\n$/,
    );
    expect(await ana.ok('share', 'add', 'Plan', 'ben')).toMatch(
      /^Plan \(times in Europe\/Paris\)\n {2}ana {2}owner .*\n {2}ben {2}viewer {2}since .*, by ana\n$/,
    );
    expect((await ben.fails('events', 'edit', 'Plan', '--title', 'Mine')).code).toBe(1);
    expect(await ana.ok('share', 'role', 'Plan', 'BEN', 'editor')).toBe('ben is editor of “Plan” now.\n');
    await expectSchema('PermissionsView', await ben.json('share', 'ls', 'Plan'));
    expect(await ana.fails('share', 'role', 'Plan', 'cem', 'editor')).toEqual({
      code: 1,
      stderr: 'error: cem is not a member of “Plan”. Members are: ana, ben. (nothing_found)\n',
    });
    expect((await ana.fails('share', 'role', 'Plan', 'ben', 'owner')).stderr).toContain('convene share transfer');
    expect((await ana.fails('share', 'add', 'Plan', 'ben', 'nobody-at-all')).stderr).toMatch(
      /^error: .*\n {2}nobody-at-all: No such user\. \(unknown_person\)\n$/,
    );
    expect((await ana.fails('share', 'add', 'Plan', 'ben,no-such-one', 'nobody')).stderr).toMatch(
      /^error: .*\n {2}no-such-one: .*\n {2}nobody: .*\n$/,
    );
    expect(await ana.ok('share', 'add', 'Plan', 'ben,', '--dry-run')).toMatch(/^Dry run: /);
    expect((await ana.fails('share', 'add', 'Plan', ',')).stderr).toBe('error: Name somebody. (usage)\n');
    expect((await ana.fails('share', 'leave', 'Plan')).stderr).toContain('(owner_required)');
  });

  it('transfers, revokes and leaves', async () => {
    const { id } = await ana.json<{ id: string }>('events', 'add', 'Handover', '2031-03-04 10:00');
    await ana.ok('share', 'add', id, 'ben');
    expect(await ana.ok('share', 'transfer', id, 'ben')).toBe('ben is owner of “Handover” now.\n');
    expect(await ana.ok('share', 'leave', id)).toBe('You left “Handover”.\n');
    expect((await ana.fails('share', 'ls', id)).stderr).toContain('(not_found)');
    await ben.ok('share', 'add', id, 'ana');
    expect(await ben.ok('share', 'rm', id, 'ANA')).toBe('ANA no longer has access to “Handover”.\n');
    expect((await ana.fails('events', 'show', id)).code).toBe(1);
  });
});

describe('the history', () => {
  it('is shown, compared, rolled back and undone', async () => {
    await ben.ok('events', 'edit', plan, '--title', 'Plan B', '--comment', 'Plan A was taken');
    await ana.ok('events', 'edit', plan, '--location', 'Room 1');
    const log = await ana.ok('log', plan);
    expect(log.split('\n').map((line) => line.replace(/\d+ \w+ \d{4}, \d\d:\d\d/, 'then'))).toEqual([
      expect.stringMatching(/^#5 {2}\w{3} then {2}version 3 {2}ana: Set the location to “Room 1”$/),
      expect.stringMatching(/^#4 .* {2}version 2 {2}ben: Changed the title from “Plan” to “Plan B”$/),
      '    because: Plan A was taken',
      expect.stringMatching(/^#3 .* ana: Changed the role of ben from viewer to editor$/),
      expect.stringMatching(/^#2 .* ana: Shared with ben as a viewer$/),
      expect.stringMatching(/^#1 .* ana: Created “Plan” for /),
      'times in Europe/Paris · undo one with: convene undo <event> <number>',
      '',
    ]);
    await expectSchema('ChangelogView', await ana.json('log', plan, '--limit', '2'));
    expect(await ana.ok('diff', plan)).toBe('Version 2 to version 3\n\nLocation\n+ Room 1\n');
    expect(await ana.ok('diff', plan, '1', '2')).toBe('Version 1 to version 2\n\nTitle\n- Plan\n+ Plan B\n');
    await expectSchema('DiffView', await ana.json('diff', plan, '1'));
    expect((await ana.fails('diff', plan, '0')).code).toBe(2);
    expect((await ana.fails('diff', plan, '99')).code).toBe(1);

    expect(await ana.ok('undo', plan, '4')).toContain(
      'Undid change 4 of Plan: Mon 3 Mar 2031, 10:00–11:00 (Europe/Paris) · version 4',
    );
    expect(await ana.ok('undo', plan, '--dry-run')).toMatch(
      /^Dry run: nothing was stored\.\n {2}Undid change \d+ of Plan/,
    );
    for (const [args, sentence] of [
      [['diff', plan, '1', '99'], 'This event has no version 99. (not_found)'],
      [['rollback', plan, '99'], 'This event has no version 99. (not_found)'],
      [['undo', plan, '99'], 'This event has no change 99. (not_found)'],
      [
        ['events', 'show', 'a0000000-0000-7000-8000-000000000000'],
        'There is no event “a0000000-0000-7000-8000-000000000000” that you can see. (not_found)',
      ],
    ] as const) {
      expect((await ana.fails(...args)).stderr).toBe(`error: ${sentence}\n`);
    }
    expect((await ana.fails('undo', plan, '0')).stderr).toContain('It is a number that `convene log` shows.');
    const undone = await ana.ok('undo', plan);
    expect(undone.split('\n')).toEqual([
      expect.stringMatching(/^Undid change 6 of Plan B: /),
      'It was of ana: Reverted version 2. Changed the title from “Plan B” to “Plan”',
      `Another undo without a number would undo this one. To go further back: convene undo ${plan.slice(-8)} 5`,
      '',
    ]);
    expect(await ana.ok('undo', '--help')).toMatch(/last change,\s+an undo\s+included/);
    expect(await ana.ok('rollback', plan, '1', '--fields', 'title')).toContain('Rolled back to version 1: Plan: ');
    expect(await ana.json('events', 'show', plan)).toMatchObject({ title: 'Plan', location: 'Room 1' });
    expect((await ana.fails('rollback', plan, '99')).code).toBe(1);
    expect((await ana.fails('rollback', plan, '1', '--fields', 'colour')).stderr).toMatch(
      /\n {2}--fields: .*title.* \(not_allowed\)\n/,
    );
    const shown = await ana.ok('events', 'show', plan, '--as-of', 'yesterday').catch((error: Error) => error.message);
    expect(shown).toContain('that you can see at that time');
  });

  it('gives the reason of a rollback or an undo only when somebody wrote one', async () => {
    const { id } = await ana.json<{ id: string }>('events', 'add', 'Reasons', '2031-03-06 10:00', '--location', 'Hall');
    await ana.ok('events', 'edit', id, '--title', 'More reasons', '--location', 'Room 2');
    await ana.ok('rollback', id, '1', '--fields', 'title,location');
    await ana.ok('undo', id);
    await ana.ok('rollback', id, '1');
    const log = await ana.ok('log', id);
    expect(log).toContain('ana: Rolled back to version 1. ');
    expect(log).toContain('ana: Reverted version 3. ');
    expect(log).not.toContain('because:');
    await ana.ok('rollback', id, '2', '--comment', 'Undid version 4: too early');
    expect(await ana.ok('log', id)).toContain('\n    because: Undid version 4: too early\n');
  });

  it('says which later change is in the way of an undo', async () => {
    const { id } = await ana.json<{ id: string }>('events', 'add', 'Names', '2031-03-05 10:00');
    await ana.ok('events', 'edit', id, '--title', 'Second');
    await ana.ok('events', 'edit', id, '--title', 'Third');
    const { code, stderr } = await ana.fails('undo', id, '#2');
    expect([code, stderr]).toEqual([
      4,
      expect.stringMatching(
        /\(later_changes\)\n {2}title\n {4}before {2}Second\n {4}theirs {2}Third\n {4}yours {3}Names\nUndo the later change first/,
      ) as string,
    ]);
  });
});

describe('free, find-time, inbox', () => {
  it('free shows who is busy, and when everybody is free', async () => {
    await ben.ok('events', 'add', 'Dentist', '2031-04-07 9:00-10:30');
    await ana.ok('events', 'add', 'Course', '2031-04-07 14:00-20:00');
    expect(await ana.ok('free', 'ben', '--on', '2031-04-07')).toBe(
      [
        'Busy: ana',
        '  Mon 7 Apr 2031, 14:00–20:00',
        'Busy: ben',
        '  Mon 7 Apr 2031, 09:00–10:30',
        '',
        'Free: all 2 · 08:00–18:00',
        '  Mon 7 Apr 2031  08:00–09:00, 10:30–14:00',
        'Mon 7 Apr 2031 · times in Europe/Paris',
        '',
      ].join('\n'),
    );
    expect(await ana.ok('free', '--on', '2031-04-06')).toMatch(/^Busy: ana\n {2}at no time\n\nFree · /);
    await expectSchema('FreeBusyView', await ana.json('free', 'ben', '--from', '2031-04-07', '--days', '2'));
    expect(await ana.ok('free', '--on', '2031-04-07', '--hours', '14-20')).toContain('  at no time\n');
    expect(await ana.ok('free', 'ben,ana', '--on', '2031-04-07')).toContain('Busy: ben');
    expect((await ana.fails('free', 'nobody-at-all')).stderr).toBe(
      'error: There is no person “nobody-at-all” whom you may find. (nothing_found)\n',
    );
    expect((await ana.fails('free', '--hours', '18-9')).code).toBe(2);
  });

  it('find-time finds times for all', async () => {
    const printed = await ana.ok('find-time', 'ben', '--for', '90 min', '--on', '2031-04-07', '--limit', '2');
    expect(printed).toMatch(/^Times for ana, ben:\n {2}Mon 7 Apr 2031, 1[012]:\d\d–1\d:\d\d\n/);
    await expectSchema('FoundTimesView', await ana.json('find-time', 'ben', '--on', '2031-04-07'));
    expect((await ana.fails('find-time', 'ben', '--for', 'ages')).code).toBe(2);
    expect((await ana.fails('find-time', 'ben', '--on', 'yesterday')).stderr).toBe(
      'error: That is over already. (usage)\n',
    );
  });

  it('find-time keeps to the working hours of each person in their own zone, and shows what their clocks show', async () => {
    const sam = await CommandLine.create(server.url);
    try {
      await sam.signUp('sam', 'America/New_York');
      await ana.ok('share', 'add', plan, 'sam');
      const find = (...more: string[]) =>
        ana.ok('find-time', 'ben', 'sam', '--on', '2031-04-08', '--limit', '1', ...more);
      expect(await find()).toMatch(
        /^Times for ana, ben, sam:\n {2}Tue 8 Apr 2031, 15:00–16:00 {2}sam 09:00–10:00\ntimes in Europe\/Paris/,
      );
      expect(await find('--hours-in', 'europe/paris')).toContain('  Tue 8 Apr 2031, 09:00–10:00  sam 03:00–04:00\n');
      // Another zone to read in changes nothing else.
      expect(await find('--zone', 'Asia/Tokyo')).toContain(
        '  Tue 8 Apr 2031, 22:00–23:00  ana, ben 15:00–16:00 · sam 09:00–10:00\n',
      );
      expect((await ana.fails('find-time', 'sam', '--hours-in', 'Mars')).code).toBe(2);
    } finally {
      await sam.dispose();
    }
  });

  it('find-time says how to book a time with those people, and events add does it', async () => {
    const printed = await ana.ok('find-time', 'ben', '--on', '2031-04-08', '--limit', '1');
    expect(printed).toContain('book one with: convene events add <title> <time> --share ben\n');
    const add = ['events', 'add', 'Together', '2031-04-08 10:00', '--share'];
    expect(await ana.ok(...add, 'ben', '--dry-run')).toMatch(/\nIt would then be shared with ben, to view\.\n$/);
    const unknown = await ana.fails(...add, 'ben,nobody-at-all');
    expect(unknown.stderr).toContain('There is no person “nobody-at-all”');
    expect((await ana.json<{ items: unknown[] }>('events', 'ls', '--search', 'Together')).items).toEqual([]);
    expect(await ana.ok(...add, 'ben')).toMatch(/^Created Together: .*\nShared with ben, to view\. /);
    expect(await ben.json('events', 'show', 'Together')).toMatchObject({ role: 'viewer' });
    expect(await ana.json(...add.with(3, '2031-04-08 12:00'), 'ben')).toMatchObject({ title: 'Together' });
    // This server sends no mails.
    const invited = await ana.run([...add.with(3, '2031-04-08 13:00'), 'dan@example.com']);
    expect([invited.code, invited.stdout]).toEqual([1, expect.stringMatching(/^Created Together: /) as string]);
    expect(invited.stderr).toMatch(
      /^The event is not shared yet\. Try again with: convene share add .* dan@example\.com\n/,
    );
  });

  it('find-time says why there is no time, and ends with 1', async () => {
    // A Saturday.
    const args = ['find-time', 'ben', '--on', '2031-04-12', '--hours', '9-10', '--for', '1h'];
    const { code, stdout } = await ana.run(args);
    expect([code, stdout.split('\n').slice(0, 3)]).toEqual([
      1,
      [
        'There is no time at which everybody is free.',
        'Nearest to it:',
        expect.stringMatching(/^ {2}Sat 12 Apr 2031, \d\d:\d\d–\d\d:\d\d {2}ana, ben outside working hours$/) as string,
      ],
    ]);
    expect(stdout).toMatch(/times in Europe\/Paris · try other days or hours: --on, --days, --hours, --any-hour\n$/);
    expect(stdout).not.toContain('book one');
    const json = await ana.run([...args, '--json']);
    expect([json.code, JSON.parse(json.stdout)]).toMatchObject([1, { slots: [] }]);
    await ben.ok('events', 'add', 'Full', '2031-04-09 9:00-18:00');
    const busy = await ana.run(['find-time', 'ben', '--on', '2031-04-09']);
    expect([busy.code, busy.stdout]).toEqual([1, expect.stringMatching(/^ {2}Wed 9 Apr .* {2}ben busy$/m) as string]);
  });

  it('inbox shows what others did, until it is read', async () => {
    await ben.ok('events', 'edit', plan, '--title', 'Plan of Ben');
    expect(await ana.ok('inbox')).toMatch(/ben renamed “Plan” to “Plan of Ben”\n/);
    await expectSchema('NotificationsView', await ana.json('inbox'));
    expect(await ana.ok('inbox', '--read')).toContain('marked as read');
    expect(await ana.ok('inbox')).toBe('0 unread · times in Europe/Paris\n');
    expect(await ana.ok('inbox', '--all', '--limit', '1')).toContain('Plan of Ben');
  });
});

describe('export and import', () => {
  it('write a file that another person can read, once', async () => {
    expect(await ana.ok('export', plan)).toMatch(
      /^BEGIN:VCALENDAR\r\n[^]*SUMMARY:Plan of Ben\r\n[^]*END:VCALENDAR\r\n$/,
    );
    const file = join(ana.folder, 'calendar.ics');
    expect((await ana.run(['export', '-o', file])).stderr).toMatch(/^Wrote .*calendar\.ics: \d+ events?\.\n$/);
    const cem = await CommandLine.create(server.url);
    try {
      await cem.signUp('cem');
      expect(await cem.ok('import', file, '--dry-run')).toMatch(/^Dry run, nothing was stored: [1-9]\d* created/);
      await expectSchema('ImportView', await cem.json('import', file));
      const again = await cem.run(['import', '-'], { input: await readFile(file, 'utf8') });
      expect(again.stdout).toMatch(/^Imported: 0 created, 0 updated, [1-9]\d* unchanged/);
      expect(await cem.fails('import', join(cem.folder, 'none.ics'))).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('there is no such file') as string,
      });
      const sentences: [string[], string][] = [
        [['import', cem.folder], `${cem.folder} cannot be read: it is a folder. (unreadable_file)`],
        [
          ['import', `${file}/x`],
          `${file}/x cannot be read: a part of its path is a file, not a folder. (unreadable_file)`,
        ],
        [['export', '-o', '/none/x.ics'], '/none/x.ics cannot be written: there is no such folder. (unwritable_file)'],
        [['export', '-o', cem.folder], `${cem.folder} cannot be written: it is a folder. (unwritable_file)`],
      ];
      for (const [args, sentence] of sentences) {
        expect(await cem.fails(...args)).toEqual({ code: 2, stderr: `error: ${sentence}\n` });
      }
      await writeFile(file, 'BEGIN:NOTHING');
      expect((await cem.fails('import', file)).stderr).toMatch(
        /^error: Nothing in .*calendar\.ics can be imported\. \(unreadable_calendar\)\n {2}line 1: /,
      );
    } finally {
      await cem.dispose();
    }
  });

  it.skipIf(!existsSync(TERMINAL))('show on a terminal how far an import is', async () => {
    const dan = await CommandLine.create(server.url);
    try {
      await dan.signUp('dan');
      const [person] = await server.database.query<{ id: string }>(`SELECT id FROM users WHERE username = 'dan'`);
      const holder = await LockHolder.begin(server.database);
      const file = join(dan.folder, 'many.ics');
      const lines = ['DTSTART:20310301T100000Z', 'DURATION:PT1H', 'TRANSP:TRANSPARENT'];
      await writeFile(file, calendarOf(...vevent('a@example.org', ...lines), ...vevent('b@example.org', ...lines)));
      await holder.lockAvailability(person!.id);
      const importing = dan.startOnTerminal(['import', file]);
      try {
        await vi.waitFor(() => expect(importing.stdout).toContain('many.ics: 0 of 2 events …'), {
          timeout: PATIENCE_MS,
        });
      } finally {
        await holder.release();
      }
      expect(await importing.ended).toMatchObject({ code: 0 });
      expect(importing.stdout).toMatch(/Imported:.* 2 created, 0 updated, 0 unchanged/);
    } finally {
      await dan.dispose();
    }
  });
});
