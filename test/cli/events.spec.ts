import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine, expectSchema } from '../support/command-line.js';
import { CommandLineServer } from '../support/command-line-server.js';

interface Event {
  id: string;
  title: string;
  version: number;
  start_time: string;
  end_time: string;
  time_zone: string;
  location: string | null;
  rrule: string | null;
  overrides: { original_start: string; start_time?: string; location?: string }[];
  excluded: string[];
}

let server: CommandLineServer;
let ana: CommandLine;
let ben: CommandLine;
beforeAll(async () => {
  server = await CommandLineServer.start();
  [ana, ben] = [await CommandLine.create(server.url), await CommandLine.create(server.url)];
  await ana.signUp('ana', 'Europe/Paris');
  await ben.signUp('ben', 'America/New_York');
});
afterAll(async () => {
  await ana.dispose();
  await ben.dispose();
  await server.dispose();
});

/** The characters of a text that a terminal would obey. */
const steering = (text: string): string[] =>
  ['\u001b', '\u009b', '\u202e'].filter((character) => text.includes(character));

const shortId = (id: string): string => id.slice(-8);

describe('convene events', () => {
  it('add stores what was meant in the zone of the person, and shows it with the zone', async () => {
    const printed = await ana.ok(
      'events',
      'add',
      'Team meeting',
      '2031-03-03',
      '10am',
      'for',
      '45',
      'min',
      '--location',
      'Room 4',
    );
    expect(printed).toMatch(
      /^Created Team meeting: Mon 3 Mar 2031, 10:00–10:45 \(Europe\/Paris\) · version 1 · [0-9a-f]{8}\n$/,
    );
    const event = await ana.json<Event>('events', 'show', 'team MEET');
    await expectSchema('EventView', event);
    expect(event).toMatchObject({ title: 'Team meeting', time_zone: 'Europe/Paris', location: 'Room 4' });
    expect([event.start_time, event.end_time]).toEqual(['2031-03-03T09:00:00Z', '2031-03-03T09:45:00Z']);
    const shown = await ana.ok('events', 'show', shortId(event.id), '--zone', 'asia/tokyo');
    expect(shown).toContain('Mon 3 Mar 2031, 18:00–18:45 (Asia/Tokyo)');
    expect(shown).toContain('Mon 3 Mar 2031, 10:00–10:45 (Europe/Paris)');
  });

  it('add takes the zone of --zone, and dates alone for all day', async () => {
    const workshop = await ana.json<Event>(
      'events',
      'add',
      'Workshop',
      '2031-03-04 9:00-16:30',
      '--zone',
      'America/New_York',
    );
    expect(workshop).toMatchObject({ start_time: '2031-03-04T14:00:00Z', end_time: '2031-03-04T21:30:00Z', time_zone: 'America/New_York' }); // prettier-ignore
    const holidays = await ana.json<Event>('events', 'add', 'Holidays', '2031-12-24 to 2031-12-26', '--free');
    expect(holidays).toMatchObject({
      start_time: '2031-12-24',
      end_time: '2031-12-27',
      all_day: true,
      show_as: 'free',
    });
  });

  it('add says what the change of clocks makes of a time, and the server does just that', async () => {
    const gap = await ana.run(['events', 'add', 'In the gap', '2031-03-30 02:30 for 45 min', '--json']);
    expect(gap.stderr).toBe('The clocks of Europe/Paris skip 02:30 on Sun 30 Mar 2031: it is 03:30 then.\n');
    const moved = JSON.parse(gap.stdout) as Event;
    expect([moved.start_time, moved.end_time]).toEqual(['2031-03-30T01:30:00Z', '2031-03-30T02:15:00Z']);
    const fold = await ana.run(['events', 'add', 'In the fold', '2031-10-26 02:30 for 45 min']);
    expect(fold.stderr).toMatch(/^The clocks of Europe\/Paris show 02:30 twice on Sun 26 Oct 2031\. This is the first; the second is 2031-10-26T01:30:00Z\.\n$/); // prettier-ignore
    expect(fold.stdout).toContain(
      'Sun 26 Oct 2031, 02:30–02:15 (UTC+02:00 to UTC+01:00: the clocks change) (Europe/Paris)',
    );
    expect(await ana.ok('events', 'ls', '2031-10-26')).toContain(
      'In the fold (UTC+02:00 to UTC+01:00: the clocks change)',
    );
    const second = await ana.json<Event>('events', 'add', 'After the fold', '2031-10-26T02:30+01:00 for 45 min');
    expect([second.start_time, second.end_time]).toEqual(['2031-10-26T01:30:00Z', '2031-10-26T02:15:00Z']);
  });

  it('add refuses a conflict with a table, free times and what to do next', async () => {
    await ana.ok('events', 'add', 'Standing', '2031-04-07 10:00-11:00');
    const { code, stderr } = await ana.fails('events', 'add', 'Late', '2031-04-07 10:30-11:30');
    expect(code).toBe(4);
    expect(stderr.split('\n')).toEqual([
      'error: The owner is busy at that time. (event_conflict)',
      '  Busy                         With      (times in Europe/Paris)',
      '  Mon 7 Apr 2031, 10:00–11:00  Standing',
      '  Free',
      expect.stringMatching(/^ {2}Mon 7 Apr 2031, 09:00–10:00|^ {2}Mon 7 Apr 2031, 11:00–12:00/),
      expect.stringMatching(/^ {2}Mon 7 Apr 2031, /),
      expect.stringMatching(/^ {2}Mon 7 Apr 2031, /),
      'Choose another time, or store it all the same with --on-conflict allow.',
      '',
    ]);
    const problem = JSON.parse(
      (await ana.fails('events', 'add', 'Late', '2031-04-07 10:30-11:30', '--json')).stderr,
    ) as object;
    await expectSchema('EventConflictProblem', problem);
    expect(await ana.ok('events', 'add', 'Late', '2031-04-07 10:30-11:30', '--on-conflict', 'allow')).toContain(
      'Created Late',
    );
  });

  it('a dry run stores nothing', async () => {
    const printed = await ana.ok('events', 'add', 'Perhaps', '2031-05-05 10:00', '--dry-run');
    expect(printed).toBe(
      'Dry run: nothing was stored.\n  Created Perhaps: Mon 5 May 2031, 10:00–11:00 (Europe/Paris) · version 1\nNobody would be notified.\n',
    );
    expect(await ana.json('events', 'add', 'Perhaps', '2031-05-05 10:00', '--dry-run')).toMatchObject({
      would: { title: 'Perhaps' },
    });
    expect((await ana.json<{ items: Event[] }>('events', 'ls', '--search', 'Perhaps')).items).toEqual([]);
  });

  it('ls lists days in the zone, and as JSON just what the API returns', async () => {
    await ben.ok('events', 'add', 'Evening', '2031-06-02 22:00-23:30');
    await ben.ok('events', 'add', 'Trip', '2031-06-03 to 2031-06-04');
    expect(await ben.ok('events', 'ls', '--from', '2031-06-02', '--to', '2031-06-04')).toMatch(
      /^Mon 2 Jun 2031\n {2}22:00–23:30 {3}[0-9a-f]{8} {2}Evening\n\nTue 3 Jun 2031\n {2}to Wed 4 Jun {2}[0-9a-f]{8} {2}Trip\n\n2 events · Mon 2 Jun 2031 to Wed 4 Jun 2031 · times in America\/New_York\n$/,
    );
    expect(await ben.ok('events', 'ls', '2031-06-03', '--zone', 'Europe/Paris')).toContain('04:00–05:30');
    const list = await ben.json<{ items: Event[]; next_cursor: string | null }>('events', 'ls', '2031-06');
    await expectSchema('EventsView', list);
    expect([list.items.map(({ title }) => title), list.next_cursor]).toEqual([['Evening', 'Trip'], null]);
    const first = await ben.json<{ items: Event[]; next_cursor: string | null }>(
      'events',
      'ls',
      '2031-06',
      '--limit',
      '1',
    );
    expect(first.items).toHaveLength(1);
    expect(first.next_cursor).not.toBeNull();
    expect(await ben.ok('events', 'ls', '2031-07')).toBe(
      'No events · Tue 1 Jul 2031 to Thu 31 Jul 2031 · times in America/New_York\n',
    );
  });

  it('edit, mv and rm change one thing, and restore takes it back', async () => {
    const { id } = await ana.json<Event>(
      'events',
      'add',
      'Review',
      '2031-07-07 10:00 for 45 min',
      '--link',
      'https://example.com',
    );
    expect(
      await ana.ok('events', 'edit', 'Review', '--title', 'Big review', '--location', 'Room 1', '--link', ''),
    ).toContain('Changed Big review: Mon 7 Jul 2031, 10:00–10:45 (Europe/Paris) · version 2');
    expect(await ana.json('events', 'show', id)).toMatchObject({ title: 'Big review', location: 'Room 1', url: null });
    // A time alone keeps the day, a day alone the time; both the length.
    expect(await ana.ok('events', 'mv', id, '11:30')).toContain('Mon 7 Jul 2031, 11:30–12:15 (Europe/Paris)');
    expect(await ana.ok('events', 'mv', id, '2031-07-09')).toContain('Wed 9 Jul 2031, 11:30–12:15 (Europe/Paris)');
    expect(await ana.ok('events', 'mv', id, '2031-07-09 6:00 for 2h', '--zone', 'America/New_York')).toContain(
      'Wed 9 Jul 2031, 06:00–08:00 (America/New_York)',
    );
    expect(await ana.json('events', 'show', id)).toMatchObject({
      start_time: '2031-07-09T10:00:00Z',
      time_zone: 'Europe/Paris',
    });
    // Relative to when it is, and not to now.
    expect(await ana.ok('events', 'mv', id, '+1h')).toContain('Wed 9 Jul 2031, 13:00–15:00 (Europe/Paris)');
    expect(await ana.ok('events', 'mv', id, '-90m', '--comment', '-1h')).toContain('Wed 9 Jul 2031, 11:30–13:30');
    expect(await ana.ok('events', 'mv', '--dry-run', id, '-1h')).toMatch(
      /^Dry run: nothing was stored\.\n {2}Moved Big review: Wed 9 Jul 2031, 10:30–12:30 \(Europe\/Paris\) · version 8 · \w{8}\nNobody/,
    );
    expect(await ana.ok('events', 'mv', '--dry-run', id, '2 days later 10:00')).toContain(
      'Moved Big review: Fri 11 Jul 2031, 10:00–12:00 (Europe/Paris)',
    );
    expect((await ana.fails('events', 'mv', id, '2 days back 10:00')).stderr).toContain(
      'may count from the event, or from now',
    );
    expect(await ana.ok('events', 'mv', id, '2 days earlier')).toContain('Mon 7 Jul 2031, 11:30–13:30');
    expect(await ana.ok('events', 'mv', id, '2', 'days', 'later', 'for', '2h')).toContain(
      'Wed 9 Jul 2031, 11:30–13:30',
    );
    expect(await ana.ok('events', 'mv', id, '+30m', '--zone', 'Asia/Tokyo')).toContain('Wed 9 Jul 2031, 19:00–21:00');
    expect((await ana.fails('events', 'mv', id, '-x')).stderr).toContain("Unknown option '-x'");
    expect(await ana.ok('events', 'rm', id, '--dry-run')).toBe(
      'Dry run: nothing was stored.\n  Removed Big review: Wed 9 Jul 2031, 12:00–14:00 (Europe/Paris)\nNobody would be notified.\n',
    );
    expect(await ana.ok('events', 'rm', 'Big review')).toBe(
      `Removed Big review: Wed 9 Jul 2031, 12:00–14:00 (Europe/Paris)\nTo take it back: convene events restore ${id}\n`,
    );
    expect(await ana.ok('events', 'ls', '--deleted')).toContain('Big review');
    expect(await ana.ok('log', 'Big review')).toContain('Deleted');
    expect(await ana.ok('events', 'restore', 'big')).toContain(
      'Restored Big review: Wed 9 Jul 2031, 12:00–14:00 (Europe/Paris)',
    );
    expect(await ana.json('events', 'rm', id)).toBeNull();
  });

  it('changes parts of a series, and never all of it by mistake', async () => {
    const { id } = await ana.json<Event>(
      'events',
      'add',
      'Yoga',
      '2031-08-04 7:00 for 30m',
      '--repeat',
      'weekly',
      '--times',
      '4',
    );
    for (const command of [
      ['mv', id, '8:00'],
      ['edit', id, '--title', 'Run'],
      ['rm', id],
    ]) {
      const { code, stderr } = await ana.fails('events', ...command);
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/^error: “Yoga” is a series\. Say which part of it is meant: \(usage\)\n {2}--on /),
      ]);
    }
    expect(await ana.ok('events', 'mv', id, '--on', '11 august 2031', '8:15')).toContain(
      'Moved Yoga: the date Mon 11 Aug 2031, 08:15–08:45 (Europe/Paris), was Mon 11 Aug 2031, 07:00',
    );
    expect(await ana.ok('events', 'edit', id, '--on', '2031-08-18', '--location', 'Park')).toContain(
      'the date Mon 18 Aug 2031, 07:00',
    );
    expect(await ana.ok('events', 'rm', id, '--on', '2031-08-04')).toMatch(
      /^Removed Yoga: the date \w{3} \d+ Aug 2031, .* \(Europe\/Paris\)\nTo take it back: convene undo /,
    );
    const event = await ana.json<Event>('events', 'show', id);
    expect(event.excluded).toEqual(['2031-08-04T05:00:00Z']);
    expect(event.overrides).toMatchObject([{ start_time: '2031-08-11T06:15:00Z' }, { location: 'Park' }]);
    // The moved date is found where it is now.
    expect(await ana.ok('events', 'mv', id, '--on', '2031-08-11', '9:00')).toContain('Mon 11 Aug 2031, 09:00–09:30');
    expect(await ana.ok('events', 'mv', id, '--on', '2031-08-11', '-30m')).toContain('Mon 11 Aug 2031, 08:30–09:00');
    const none = await ana.fails('events', 'rm', id, '--on', '2031-08-12');
    expect(none).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /“Yoga” has no date on Tue 12 Aug 2031\. \(nothing_found\)\nNear it:\n {2}Mon 11 Aug/,
      ) as string,
    });
    const tail = await ana.json<Event>('events', 'mv', id, '--on', '2031-08-18', '--scope', 'following', '10:00');
    expect([tail.id === id, tail.start_time]).toEqual([false, '2031-08-18T08:00:00Z']);
    expect(await ana.ok('events', 'edit', id, '--scope', 'all', '--title', 'Yoga, early')).toContain(
      'Changed Yoga, early',
    );
    expect(await ana.ok('events', 'rm', id, '--scope', 'all')).toContain('To take it back: convene events restore');
  });

  it('a stale edit is merged, or shows what changed, by whom, and what to do', async () => {
    const { id } = await ana.json<Event>('events', 'add', 'Plan', '2031-09-01 10:00');
    await ana.ok('share', 'add', id, 'ben', '--role', 'editor');
    await ben.ok('events', 'edit', id, '--title', 'Plan B');
    expect(await ana.ok('events', 'edit', id, '--location', 'Room 2', '--if-version', '1')).toContain(
      'Merged with what others changed meanwhile (versions 1 to 2).',
    );
    const { code, stderr } = await ana.fails('events', 'edit', id, '--title', 'Plan C', '--if-version', '1');
    expect(code).toBe(4);
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^error: .* \(stale_version\)$/),
      '  title',
      '    before  Plan',
      '    theirs  Plan B',
      '    yours   Plan C',
      expect.stringMatching(
        /^ {2}version 2, \w{3} \d+ \w{3} \d{4}, \d\d:\d\d: ben: Changed the title from “Plan” to “Plan B”$/,
      ),
      expect.stringMatching(/^ {2}version 3, .*: ana: Set the location to “Room 2”$/),
      'To apply yours all the same, run the command again with --if-version 3.',
      '',
    ]);
    const problem = await ana.fails('events', 'edit', id, '--title', 'Plan C', '--if-version', '1', '--json');
    await expectSchema('StaleVersionProblem', JSON.parse(problem.stderr));
    expect((await ana.fails('events', 'edit', id, '--location', 'x', '--if-version', '2', '--strict')).code).toBe(4);
    expect(await ana.ok('events', 'edit', id, '--title', 'Plan C', '--if-version', '3')).toContain('Changed Plan C');
  });

  it('an event is named by an id, the end of it or a part of its title, and only when that is one', async () => {
    const one = await ana.json<Event>('events', 'add', 'Café alpha', '2031-10-06 10:00');
    const two = await ana.json<Event>('events', 'add', 'Café beta', '2031-10-07 10:00');
    expect((await ana.json<Event>('events', 'show', 'CAFÉ alpha')).id).toBe(one.id);
    expect((await ana.json<Event>('events', 'show', shortId(two.id).toUpperCase())).id).toBe(two.id);
    const { code, stderr } = await ana.fails('events', 'show', 'CAFÉ');
    expect([code, stderr]).toEqual([
      2,
      `error: 2 events match “CAFÉ”. Use the eight characters in front (times in Europe/Paris): (usage)\n` +
        `  ${shortId(one.id)}  Mon 6 Oct 2031, 10:00–11:00  Café alpha\n  ${shortId(two.id)}  Tue 7 Oct 2031, 10:00–11:00  Café beta\n`,
    ]);
    // A whole title is meant before a part of others.
    const whole = await ana.json<Event>('events', 'add', 'Café', '2031-10-08 10:00');
    expect((await ana.json<Event>('events', 'show', 'café')).id).toBe(whole.id);
    for (const unknown of ['no such title', '00000000', '019300a0-0000-7000-8000-000000000000', '%', '']) {
      expect([unknown, (await ana.fails('events', 'show', unknown)).code]).toEqual([unknown, unknown === '' ? 2 : 1]);
    }
  });

  it('shows titles of others without letting them steer the terminal', async () => {
    const title = 'Red \u001b[31m\u009b2J\u202e alert';
    const { code, stderr } = await ana.run(['events', 'add', title, '2031-11-03 10:00']);
    if (code !== 0) expect(steering(stderr)).toEqual([]);
    const list = await ana.ok('events', 'ls', '2031-11');
    const json = await ana.ok('events', 'ls', '2031-11', '--json');
    for (const printed of [list, json]) expect(steering(printed)).toEqual([]);
    expect((JSON.parse(json) as { items: Event[] }).items.map((item) => item.title)).toEqual(code === 0 ? [title] : []);
  });

  it('prints no colors into a pipe', async () => {
    const settings: Record<string, string>[] = [{}, { FORCE_COLOR: '1' }, { NO_COLOR: '1' }];
    for (const env of settings) {
      const { stdout } = await ana.run(['events', 'ls', '2031-10'], { env });
      expect(stdout).toContain('Café');
      expect(stdout).not.toContain('\u001b');
    }
  });

  it('refuses what it does not understand with 2 and what the server refuses with 1', async () => {
    const usage: [string[], RegExp][] = [
      [['events', 'add', 'X'], /^error: Missing required argument 'when'\./],
      [['events', 'add', 'X', 'tommorow', '10am'], /^error: “tommorow” is not a time/],
      [['events', 'add', 'X', '2031-07-10 to 2031-07-05'], /^error: The end is before the start: Sat 5 Jul 2031 is/],
      [['events', 'mv', 'Plan', 'dec', '26', 'to', 'dec', '24'], /^error: The end is before the start: 24 Dec is not/],
      [['events', 'ls', 'dec 26 to dec 24'], /^error: The end is before the start: 24 Dec is not after 26 Dec/],
      [['events', 'add', 'X', '2031-01-06 10:00', '--zone', 'Mars/Base'], /^error: There is no time zone “Mars\/Base”/],
      [['events', 'add', 'X', '2031-01-06 10:00', '--repeat', 'sometimes'], /^error: “sometimes” is not a rule/],
      [['events', 'add', 'X', '2031-01-06 10:00', '--times', '3'], /^error: --times and --until need --repeat/],
      [
        ['events', 'add', 'X', '2031-01-06 10:00', '--on-conflict', 'maybe'],
        /^error: Option '--on-conflict <what>' argument 'maybe' is invalid/,
      ],
      [['events', 'edit', 'Plan'], /^error: Say what to change/],
      [['events', 'mv', 'Plan', '--on', 'monday', '10:00'], /^error: “Plan C” is not a series: leave --on out/],
      [['events', 'ls', 'today', '--days', '3'], /^error: Say when either behind/],
      [['events', 'ls', '--limit', '0'], /^error: Option '--limit <n>' argument '0' is invalid/],
      [['events', 'lss'], /^error: Unknown command 'lss'\. \(usage\)\n\(Did you mean ls\?\)/],
      [['frobnicate'], /^error: Unknown command 'frobnicate'\./],
    ];
    for (const [args, sentence] of usage) {
      const { code, stderr } = await ana.fails(...args);
      expect([args, code]).toEqual([args, 2]);
      expect(stderr).toMatch(sentence);
    }
    const json = await ana.fails('events', 'lss', '--json');
    expect(JSON.parse(json.stderr)).toEqual({ code: 'usage', detail: "Unknown command 'lss'." });
    const refused = await ana.fails(
      'events',
      'add',
      'x'.repeat(300),
      '2031-01-06 10:00',
      '--link',
      'ftp://example.com',
    );
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /^error: .* \(validation_failed\)\n {2}the title: .* \(\w+\)\n {2}--link: .* \(\w+\)\n$/,
    );
    expect((await ben.fails('events', 'rm', 'Plan C')).stderr).toMatch(/\(forbidden\)\n$/);
  });
});
