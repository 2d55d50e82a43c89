import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conflictLines } from '../../sdk/cli/conflicts.js';
import type { ConflictView } from '../../sdk/index.js';
import { CommandLine } from '../support/command-line.js';
import { CommandLineServer } from '../support/command-line-server.js';

const PLAIN = { bold: String, dim: String } as never;
/** A conflict with an event, in UTC. */
const conflict = (title: string | null, busy: [string, string], date: [string, string] = busy): ConflictView => ({
  event_id: title,
  title,
  start_time: `${busy[0]}:00Z`,
  end_time: `${busy[1]}:00Z`,
  with: { start_time: `${date[0]}:00Z`, end_time: `${date[1]}:00Z` },
});
const linesOf = (conflicts: ConflictView[], isSeries = false): string[] =>
  conflictLines(conflicts, 'UTC', PLAIN, isSeries).slice(1);

describe('the table of conflicts', () => {
  it('shows whole days as days, and other times as times', () => {
    const trip: [string, string] = ['2026-12-14T00:00', '2026-12-19T00:00'];
    expect(linesOf([conflict('Trip', trip)])).toEqual(['  Mon 14 Dec 2026 – Fri 18 Dec 2026, all day  Trip']);
    expect(linesOf([conflict('Day off', ['2026-12-14T00:00', '2026-12-15T00:00'])])).toEqual([
      '  Mon 14 Dec 2026, all day  Day off',
    ]);
    // Somewhere else it is not midnight.
    expect(conflictLines([conflict('Trip', trip)], 'Europe/Paris', PLAIN).at(-1)).toBe(
      '  Mon 14 Dec 2026, 01:00 – Sat 19 Dec 2026, 01:00  Trip',
    );
  });

  it('names each other event once, with every time at which it is in the way', () => {
    const call: [string, string] = ['2026-12-14T09:00', '2026-12-14T10:00'];
    const days: [string, string][] = [14, 15].map((day) => [`2026-12-${day}T09:30`, `2026-12-${day}T09:45`]);
    expect(linesOf([conflict('Stand-up', days[0]!), conflict('Call', call), conflict('Stand-up', days[1]!)])).toEqual([
      '  Mon 14 Dec 2026, 09:30–09:45  Stand-up',
      '  Tue 15 Dec 2026, 09:30–09:45',
      '  Mon 14 Dec 2026, 09:00–10:00  Call',
    ]);
    expect(linesOf([conflict(null, call)])).toEqual(['  Mon 14 Dec 2026, 09:00–10:00  busy']);
  });

  it('lists the dates of a series where the time of the other event does not show them', () => {
    const trip: [string, string] = ['2026-12-07T00:00', '2026-12-27T00:00'];
    const date = (day: number): [string, string] => [`2026-12-${day}T09:30`, `2026-12-${day}T09:45`];
    expect(linesOf([conflict('Trip', trip, date(14)), conflict('Trip', trip, date(15))])).toEqual([
      '  Mon 7 Dec 2026 – Sat 26 Dec 2026, all day  Trip',
      '    dates in conflict: Mon 14 Dec 2026, 09:30 · Tue 15 Dec 2026, 09:30',
    ]);
    expect(linesOf([conflict('Trip', trip, date(14))], true)[1]).toBe('    dates in conflict: Mon 14 Dec 2026, 09:30');
    // One event has no other date.
    expect(linesOf([conflict('Trip', trip, date(14))])).toHaveLength(1);
    expect(linesOf([conflict('Call', ['2026-12-14T09:00', '2026-12-14T10:00'], date(14))], true)).toHaveLength(1);
    const many = Array.from({ length: 13 }, (_, index) => conflict('Trip', trip, date(10 + index)));
    expect(linesOf(many)[1]).toMatch(/: Thu 10 Dec 2026, 09:30 · .* · Sat 19 Dec 2026, 09:30 · and 3 more$/);
    const off: [string, string] = ['2026-12-14T00:00', '2026-12-15T00:00'];
    expect(linesOf([conflict('Trip', trip, off)], true)[1]).toBe('    dates in conflict: Mon 14 Dec 2026');
  });
});

describe('a conflict of a series', () => {
  let server: CommandLineServer;
  let home: CommandLine;
  beforeAll(async () => {
    server = await CommandLineServer.start();
    home = await CommandLine.create(server.url);
    await home.signUp('ana');
  });
  afterAll(async () => {
    await home.dispose();
    await server.dispose();
  });

  const series = ['events', 'add', 'Stand-up', '2031-04-14 9:30 for 15 min', '--repeat', 'weekdays', '--times', '10'];
  const hint =
    'Choose another time, leave those dates out with --on-conflict skip, or store it all the same with --on-conflict allow.';

  it('with days says which dates they are, and that they can be left out', async () => {
    await home.ok('events', 'add', 'Trip', '2031-04-14 to 2031-04-16');
    const dates = [14, 15, 16]
      .map((day, index) => `${['Mon', 'Tue', 'Wed'][index]} ${day} Apr 2031, 09:30`)
      .join(' · ');
    const table = ['  Mon 14 Apr 2031 – Wed 16 Apr 2031, all day  Trip', `    dates in conflict: ${dates}`];
    const { code, stderr } = await home.fails(...series);
    const lines = stderr.trimEnd().split('\n');
    expect([code, lines.slice(2, 4), lines.at(-1)]).toEqual([4, table, hint]);
    expect(await home.ok(...series, '--dry-run', '--on-conflict', 'skip')).toContain(`\n${table.join('\n')}\n`);
    expect(await home.ok(...series, '--on-conflict', 'skip')).toContain('Left out, because of conflicts: Mon 14 Apr');
  });

  it('that moves can leave them out too, one date of it cannot, nor can a single event', async () => {
    await home.ok('events', 'add', 'Review', '2031-04-17 14:00-15:00');
    const moved = await home.fails('events', 'mv', 'Stand-up', '--scope', 'all', '14:30');
    expect(moved.stderr).toContain(`\n${hint}\n`);
    const other = '\nChoose another time, or store it all the same with --on-conflict allow.\n';
    expect((await home.fails('events', 'mv', 'Stand-up', '--on', '2031-04-17', '14:30')).stderr).toContain(other);
    const single = await home.fails('events', 'add', 'Tour', '2031-04-17 to 2031-04-18');
    expect(single.stderr.trimEnd().split('\n').slice(2, 5)).toEqual([
      expect.stringMatching(/^ {2}Thu 17 Apr 2031, 0?9:30–09:45 +Stand-up$/) as string,
      '  Fri 18 Apr 2031, 09:30–09:45',
      '  Thu 17 Apr 2031, 14:00–15:00  Review',
    ]);
    expect(single.stderr).toContain(other);
    expect(await home.ok('free', '--on', '2031-04-14 to 2031-04-16')).toContain(
      '\n  Mon 14 Apr 2031 – Wed 16 Apr 2031, all day\n',
    );
  });
});
