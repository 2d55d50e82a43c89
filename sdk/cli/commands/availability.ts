import type { Command } from 'commander';
import { type FindTimeBody, type FoundTimesView, type FreeBusyView, type Person } from '../../index.js';
import type { Cli } from '../cli.js';
import { UsageError } from '../cli-error.js';
import { EXIT } from '../exit-codes.js';
import { inMinutes, readDuration } from '../duration.js';
import { findPeople } from '../find-person.js';
import { freeDays, type Hours } from '../free-days.js';
import { addPeople, readCount, splitNames } from '../options.js';
import { readWindow, type Window, windowOf, windowText } from '../window.js';
import { dayText, intervalText, otherClocks, readZone, spanText } from '../zones.js';

interface WindowFlags {
  on?: string;
  from?: string;
  to?: string;
  days?: number;
}

const WEEK = { days: 7, minutes: 0 };

/** `free`, `find-time`. */
export function addAvailability(program: Command, cli: Cli): void {
  addWindow(
    addPeople(
      program.command('free').description('show when people are busy, and when everybody is free; without names, you'),
      'user names or e-mail addresses; you are included',
      { optional: true },
    )
      .option('--without-me', 'leave yourself out')
      .option('--hours <from-to>', 'the hours of the day that count as free time', '8:00-18:00'),
  ).action(async (names: string[] | undefined, flags: WindowFlags & { withoutMe?: boolean; hours: string }) => {
    const client = await cli.client();
    const zone = await cli.zone();
    const hours = readHours(flags.hours);
    const window = windowFrom(flags, zone);
    const people = await findPeople(cli, names ?? [], !flags.withoutMe);
    cli.written['/user_ids'] = people.map(({ username }) => username);
    const answer = await client.availability.freeBusy({ user_ids: people.map(({ id }) => id), ...window });
    cli.result(answer, () => freeLines(cli, answer, window, hours, zone));
  });

  addWindow(
    addPeople(
      program.command('find-time').description('find the best times at which everybody is free'),
      'user names or e-mail addresses; you are included',
    )
      .option('--for <duration>', 'how long, such as 45 min', '1h')
      .option('--optional <people>', 'who may be busy: names with commas between', splitNames)
      .option('--hours <from-to>', 'working hours, Monday to Friday, of each person in their own zone', '9:00-18:00')
      .option('--hours-in <zone>', 'the zone in which the working hours are those of everybody')
      .option('--any-hour', 'also at night and on weekends')
      .option('--buffer <duration>', 'time to leave before and after what is already there')
      .option('--limit <n>', 'how many times to suggest', readCount),
  )
    .addHelpText(
      'after',
      `
Example: convene find-time ben cleo --for 45m --on "next week"
Beside each time is what the clocks of people in other zones show. --zone sets the zone of what is read and shown, not that
of the working hours.`,
    )
    .action(async (names: string[], flags: FindFlags) => {
      const client = await cli.client();
      const zone = await cli.zone();
      const people = await findPeople(cli, names, true);
      const optional = flags.optional ? await findPeople(cli, flags.optional, false) : [];
      const window = windowFrom(flags, zone, new Date());
      const hours = readHours(flags.hours);
      const question: FindTimeBody = {
        user_ids: people.map(({ id }) => id),
        duration_minutes: inMinutes(readDuration(flags.for)),
        ...window,
        ...(flags.hoursIn === undefined ? {} : { time_zone: readZone(flags.hoursIn) }),
        ...(flags.anyHour ? {} : { working_hours: { start: hours.start, end: hours.end } }),
        ...(optional.length > 0 ? { optional_user_ids: optional.map(({ id }) => id) } : {}),
        ...(flags.buffer === undefined ? {} : { buffer_minutes: inMinutes(readDuration(flags.buffer)) }),
        ...(flags.limit === undefined ? {} : { limit: flags.limit }),
      };
      cli.written['/user_ids'] = people.map(({ username }) => username);
      cli.written['/optional_user_ids'] = optional.map(({ username }) => username);
      if (flags.hoursIn !== undefined) cli.written['/time_zone'] = '--hours-in';
      const answer = await client.availability.findTime(question);
      const me = await cli.userId();
      if (answer.slots.length === 0) process.exitCode = EXIT.refused;
      cli.result(answer, () =>
        answer.slots.length === 0
          ? nothingLines(cli, answer, zone, flags.anyHour)
          : slotLines(cli, answer, zone, people, me),
      );
    });
}

/** The times, each with the clocks of people elsewhere, and how to book one together with those people. */
function slotLines(
  cli: Cli,
  { slots, people: all }: FoundTimesView,
  zone: string,
  people: Person[],
  me: string,
): string[] {
  const { bold, dim, green, yellow } = cli.colors();
  const rows = slots.map((slot) => {
    const busy = slot.optional_busy.map(({ username }) => username).join(', ');
    const elsewhere = otherClocks(slot, zone);
    return `  ${green(spanText(slot, zone))}${elsewhere && dim(`  ${elsewhere}`)}${busy && yellow(`  without ${busy}`)}`;
  });
  const others = all.filter(({ id }) => id !== me).map(({ username }) => username);
  const share = others.length === 0 ? '' : ` --share ${others.join(',')}`;
  return [
    bold(`Times for ${people.map(({ username }) => username).join(', ')}:`),
    ...rows,
    dim(`times in ${zone} · book one with: convene events add <title> <time>${share}`),
  ];
}

const REASONS = { busy: 'busy', outside_working_hours: 'outside working hours' } as const;

/** Why there is no time: what stands against those that almost fit. */
function nothingLines(cli: Cli, answer: FoundTimesView, zone: string, anyHour = false): string[] {
  const { bold, dim } = cli.colors();
  const rows = answer.rejected.map(({ reasons, ...times }) => {
    const named = Object.entries(REASONS).flatMap(([reason, words]) => {
      const names = reasons.filter((one) => one.reason === reason).map(({ user }) => user.username);
      return names.length === 0 ? [] : [`${names.join(', ')} ${words}`];
    });
    const elsewhere = otherClocks(times, zone);
    return `  ${spanText(times, zone)}  ${named.join(' · ')}${elsewhere && dim(`  ${elsewhere}`)}`;
  });
  const wider = anyHour ? 'try other days: --on, --days' : 'try other days or hours: --on, --days, --hours, --any-hour';
  return [
    bold('There is no time at which everybody is free.'),
    ...(rows.length === 0 ? [] : ['Nearest to it:', ...rows]),
    dim(`times in ${zone} · ${wider}`),
  ];
}

interface FindFlags extends WindowFlags {
  for: string;
  optional?: string[];
  hours: string;
  hoursIn?: string;
  anyHour?: boolean;
  buffer?: string;
  limit?: number;
}

function addWindow(command: Command): Command {
  return command
    .option('--on <when>', 'a day, or such as "next week"; the next seven days by default')
    .option('--from <time>', 'the first day, or time')
    .option('--to <time>', 'the last day, or time')
    .option('--days <n>', 'how many days', readCount);
}

/** @param notBefore the past is not searched */
function windowFrom({ on, ...flags }: WindowFlags, zone: string, notBefore?: Date): Window {
  const hasOther = Object.values({ from: flags.from, to: flags.to, days: flags.days }).some(
    (given) => given !== undefined,
  );
  if (on !== undefined && hasOther) throw new UsageError('--on excludes --from, --to and --days.');
  const window = on === undefined ? windowOf(flags, zone, WEEK) : readWindow(on, zone);
  if (!notBefore || Date.parse(window.from) >= notBefore.getTime()) return window;
  const minute = Math.ceil(notBefore.getTime() / 60_000) * 60_000;
  const from = new Date(minute).toISOString().replace('.000Z', 'Z');
  if (Date.parse(window.to) <= minute) throw new UsageError('That is over already.');
  return { from, to: window.to };
}

/** Reads `9-18` or `8:30-17:00`. @throws UsageError */
function readHours(text: string): Hours {
  const [, h1, m1 = '00', h2, m2 = '00'] =
    /^\s*(\d{1,2})(?::(\d\d))?\s*[-–]\s*(\d{1,2})(?::(\d\d))?\s*$/.exec(text) ?? [];
  const [start, end] = [`${h1?.padStart(2, '0')}:${m1}`, `${h2?.padStart(2, '0')}:${m2}`];
  if (!h1 || !h2 || end > '24:00' || m1 > '59' || m2 > '59' || start >= end) {
    throw new UsageError(`“${text}” are not hours. Write for example 9:00-18:00.`);
  }
  return { start, end };
}

function freeLines(cli: Cli, { items }: FreeBusyView, window: Window, hours: Hours, zone: string): string[] {
  const { bold, dim, green } = cli.colors();
  const busy = items.flatMap(({ user, busy: spans }) => [
    bold(`Busy: ${user.username}`),
    ...(spans.length === 0 ? [dim('  at no time')] : spans.map((span) => `  ${intervalText(span, zone)}`)),
  ]);
  const all = items.flatMap(({ busy: spans }) => spans.map((span) => [Date.parse(span.start_time), Date.parse(span.end_time)] as const)); // prettier-ignore
  const free = freeDays(all, window, hours, zone).map(
    ({ day, spans }) => `  ${dayText(day)}  ${spans.map((span) => green(span)).join(', ')}`,
  );
  return [
    ...busy,
    '',
    bold(items.length === 1 ? 'Free' : `Free: all ${items.length}`) + dim(` · ${hours.start}–${hours.end}`),
    ...(free.length === 0 ? [dim('  at no time')] : free),
    dim(`${windowText(window, zone)} · times in ${zone}`),
  ];
}
