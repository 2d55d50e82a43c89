import type { Command } from 'commander';
import type { CalendarEvent, DryRun, EventChanges } from '../../index.js';
import type { Cli } from '../cli.js';
import { UsageError } from '../cli-error.js';
import { dryRunLines, removedLine, writtenLines } from '../event-text.js';
import { EVENT_ARGUMENT, findEvent, findEventId, findOccurrence, type PartOptions, partOf } from '../find-event.js';
import { findPerson } from '../find-person.js';
import {
  addContentOptions,
  addPartOptions,
  addWriteOptions,
  type ContentFlags,
  contentOf,
  readCount,
  splitNames,
  writeBody,
  type WriteFlags,
} from '../options.js';
import { type MovedTimes, moveTimes, plainMinus } from '../shift.js';
import { eventTimes, readSpan } from '../when.js';
import { DAY_MS } from '../zones.js';
import { toShareInput } from './share.js';

/** `events add`, `edit`, `mv`, `rm`, `restore`. */
export function addEventsWrite(events: Command, cli: Cli): void {
  addAdd(events, cli);
  addEdit(events, cli);
  addMove(events, cli);
  addRemove(events, cli);
  addRestore(events, cli);
}

function addAdd(events: Command, cli: Cli): void {
  const add = events
    .command('add')
    .description('create an event; it lasts an hour, or all day when no time of day is given')
    .argument('<title>', 'what it is called')
    .argument('<when...>', 'such as: tomorrow 10am for 45 min')
    .option('--share <people>', 'who may see it, as with `convene share add`: names with commas between', splitNames)
    .addHelpText(
      'after',
      `
Examples:
  convene events add "Team meeting" next monday 10:00 for 45 min --repeat weekly --times 10
  convene events add Workshop 2026-12-07 9:00-16:30 --zone America/New_York --location "Room 4"
  convene events add Holidays dec 24 to dec 31 --free`,
    );
  addWriteOptions(addContentOptions(add)).action(
    async (title: string, words: string[], flags: ContentFlags & WriteFlags & { share?: string[] }) => {
      const client = await cli.client();
      const zone = await cli.zone();
      const { times, notes } = eventTimes(readSpan(words.join(' '), zone), zone);
      const input = { title, ...times, time_zone: zone, ...contentOf(flags, zone), ...writeBody(flags) };
      const people = flags.share ?? [];
      // A misspelt name is found before anything is stored.
      await Promise.all(people.filter((name) => !name.includes('@')).map((name) => findPerson(cli, name)));
      cli.canSkip = flags.repeat !== undefined && flags.onConflict !== 'skip';
      const created = await client.events.create(input, { dryRun: flags.dryRun });
      report(cli, zone, 'Created', created, notes);
      if (people.length > 0) await shareCreated(cli, created, people);
    },
  );
}

/** Shares what was just created; says so below it, with `--json` on standard error. */
async function shareCreated(cli: Cli, created: CalendarEvent | DryRun<CalendarEvent>, people: string[]): Promise<void> {
  const say = (line: string): void => (cli.options.json ? cli.note(line) : cli.print(line));
  const names = people.join(', ');
  if ('would' in created) return say(`It would then be shared with ${names}, to view.`);
  const client = await cli.client();
  await client.events.share(created, toShareInput(cli, people, 'viewer')).catch((error: unknown) => {
    cli.note(`The event is not shared yet. Try again with: convene share add ${created.id} ${people.join(' ')}`);
    throw error;
  });
  say(`Shared with ${names}, to view. \`convene share role\` makes them editors.`);
}

interface EditFlags extends ContentFlags, WriteFlags, PartOptions {
  title?: string;
  once?: boolean;
  ifVersion?: number;
  strict?: boolean;
}

function addEdit(events: Command, cli: Cli): void {
  const edit = events
    .command('edit')
    .description('change what an event says; `events mv` changes when it is')
    .argument('<event>', EVENT_ARGUMENT)
    .option('--title <title>', 'what it is called')
    .option('--once', 'no longer repeats');
  addContentOptions(edit);
  addBaseOptions(addPartOptions(edit));
  addWriteOptions(edit).action(async (text: string, flags: EditFlags) => {
    const zone = await cli.zone();
    const content: EventChanges = contentOf(flags, zone);
    if (flags.title !== undefined) content.title = flags.title;
    if (flags.once) Object.assign(content, { is_recurring: false });
    if (Object.keys(content).length === 0) throw new UsageError('Say what to change, such as --title "New title".');
    await change(cli, await findEvent(cli, text), content, flags);
  });
}

function addBaseOptions(command: Command): Command {
  return command
    .option(
      '--if-version <n>',
      'the version that you have seen: what others changed since is merged, or shown',
      readCount,
    )
    .option('--strict', 'refuse to merge with what others changed since');
}

function addMove(events: Command, cli: Cli): void {
  const move = events
    .command('mv')
    .alias('move')
    .description('change when an event is; it stays as long as it was, unless you say otherwise')
    .argument('<event>', EVENT_ARGUMENT)
    .argument(
      '<when...>',
      'such as: friday 14:00, +1h, -30m, 2 days later, 2 days later 10:00; a time alone keeps the day, a day alone keeps the time',
    )
    .addHelpText(
      'after',
      `
Examples:
  convene events mv "Team meeting" 11:30
  convene events mv "Team meeting" +1h
  convene events mv "Team meeting" 2 days earlier
  convene events mv "Team meeting" 2 days later 10:00
  convene events mv "Team meeting" --on friday monday 9:00 for 1h
  convene events mv "Team meeting" --on friday --scope following 10:00

A move by days keeps the time of day, one by hours counts as a stopwatch does.`,
    );
  takeMinus(move);
  addBaseOptions(addPartOptions(move));
  addWriteOptions(move).action(async (text: string, words: string[], flags: EditFlags) => {
    const zone = await cli.zone();
    const event = await findEvent(cli, text);
    const { times, notes } = await movedTimes(cli, event, words.join(' '), flags, zone);
    await change(cli, event, times, flags, 'Moved', notes);
  });
}

/** Takes `-30m` as a time and not as an option. */
function takeMinus(command: Command): void {
  const parse = command.parseOptions.bind(command);
  const takesValue = (word = ''): boolean => command.options.some(({ long, required }) => required && long === word);
  command.parseOptions = (words) =>
    parse(words.map((word, index) => (takesValue(words[index - 1]) ? word : plainMinus(word))));
}

/** The new times of the event, or of the occurrence that `--on` names. */
async function movedTimes(
  cli: Cli,
  event: CalendarEvent,
  text: string,
  { on }: PartOptions,
  zone: string,
): Promise<MovedTimes> {
  let present: { start_time: string; end_time: string } = event;
  if (on !== undefined) {
    const client = await cli.client();
    const original = await findOccurrence(cli, event, on);
    const around = {
      from: event.all_day ? original : new Date(Date.parse(original) - 40 * DAY_MS),
      to: new Date(Date.parse(original) + 40 * DAY_MS),
    };
    const dates = client.events.occurrences(event, { ...around, limit: 200 });
    for await (const date of dates) if (date.original_start === original) present = date;
  }
  return moveTimes({ ...present, all_day: event.all_day, time_zone: event.time_zone }, text, zone);
}

function addRemove(events: Command, cli: Cli): void {
  const remove = events
    .command('rm')
    .alias('delete')
    .description('move an event to the trash, or remove dates of a series')
    .argument('<event>', EVENT_ARGUMENT);
  addWriteOptions(addPartOptions(remove), { conflicts: false, comment: false }).action(
    async (text: string, flags: PartOptions & WriteFlags) => {
      const client = await cli.client();
      const zone = await cli.zone();
      const event = await findEvent(cli, text);
      const part = await partOf(cli, event, flags);
      cli.base = { version: event.version, isNamed: false };
      const dry: DryRun<undefined> | undefined = await client.events.delete(event, { ...part, dryRun: flags.dryRun });
      cli.result(dry, () => {
        const removed = removedLine(event, part, zone, cli.colors());
        if (dry) return dryRunLines(dry, [removed], zone, cli.colors());
        const next = part.occurrence === undefined ? `convene events restore ${event.id}` : `convene undo ${event.id}`;
        return [removed, `To take it back: ${next}`];
      });
    },
  );
}

function addRestore(events: Command, cli: Cli): void {
  const restore = events
    .command('restore')
    .description('take an event back out of the trash')
    .argument('<event>', EVENT_ARGUMENT);
  addWriteOptions(restore, { comment: false }).action(async (text: string, flags: WriteFlags) => {
    const client = await cli.client();
    const zone = await cli.zone();
    if (flags.onConflict === 'skip') throw new UsageError('restore cannot skip dates: use reject or allow.');
    const body = flags.onConflict === undefined ? {} : { on_conflict: flags.onConflict };
    const id = await findEventId(cli, text, { trash: 'only' });
    report(cli, zone, 'Restored', await client.events.restore(id, body, { dryRun: flags.dryRun }));
  });
}

/** Changes an event, or a part of a series, based on the version that was read. */
async function change(
  cli: Cli,
  event: CalendarEvent,
  changes: EventChanges,
  flags: EditFlags,
  word = 'Changed',
  notes: string[] = [],
): Promise<void> {
  const client = await cli.client();
  const zone = await cli.zone();
  const part = await partOf(cli, event, flags);
  cli.base = { version: flags.ifVersion ?? event.version, isNamed: flags.ifVersion !== undefined };
  const isSeries = flags.repeat !== undefined || (event.is_recurring && !flags.once);
  // To leave out the one date that is changed would be to remove it.
  cli.canSkip = isSeries && part.scope !== 'this' && flags.onConflict !== 'skip';
  const one = part.scope === 'this' ? part.occurrence : undefined;
  const options = { ...part, ifMatch: cli.base.version, strict: flags.strict, dryRun: flags.dryRun };
  report(cli, zone, word, await client.events.update(event, { ...changes, ...writeBody(flags) }, options), notes, one);
}

/** Prints the event that a write resolved to, or what the dry run found. */
export function report(
  cli: Cli,
  zone: string,
  word: string,
  answer: CalendarEvent | DryRun<CalendarEvent>,
  notes: string[] = [],
  occurrence?: string,
): void {
  if (notes.length > 0) cli.note(...notes.map((note) => cli.colors(cli.stderr).yellow(note)));
  cli.result(answer, () => {
    const colors = cli.colors();
    if (!('would' in answer)) return writtenLines(word, answer, zone, colors, occurrence);
    const { would, changes } = answer;
    const isNew = changes.some(({ kind, event_id }) => kind === 'created' && event_id === would.id);
    return dryRunLines(answer, writtenLines(word, would, zone, colors, occurrence, !isNew), zone, colors);
  });
}
