import { type Command, InvalidArgumentError } from 'commander';
import type { LogEntryView, VersionRef } from '../../index.js';
import type { Cli } from '../cli.js';
import { UsageError } from '../cli-error.js';
import { EVENT_ARGUMENT, findEventId } from '../find-event.js';
import { addWriteOptions, readCount, splitNames, writeBody, type WriteFlags } from '../options.js';
import { readList } from '../read-list.js';
import { safeLine, safeText, shortId } from '../text.js';
import { timeText } from '../zones.js';
import { report } from './events-write.js';

/** `log`, `diff`, `rollback`, `undo`. */
export function addHistory(program: Command, cli: Cli): void {
  program
    .command('log')
    .description('show everything that happened to an event, newest first')
    .argument('<event>', EVENT_ARGUMENT)
    .option('--limit <n>', 'at most so many', readCount)
    .action(async (text: string, { limit }: { limit?: number }) => {
      const client = await cli.client();
      const zone = await cli.zone();
      const id = await findEventId(cli, text, { trash: 'too' });
      const log = await readList(cli, (size) => client.events.changelog(id, { order: 'desc', limit: size }), limit);
      cli.result(log, () => logLines(cli, log.items, zone));
    });

  program
    .command('diff')
    .description('compare two versions of an event; by default the last one with that before it')
    .argument('<event>', EVENT_ARGUMENT)
    .argument('[from]', 'the number of a version', readCount)
    .argument('[to]', 'the number of a version, or current', readVersion)
    .action(async (text: string, from: number | undefined, to: VersionRef = 'current') => {
      const client = await cli.client();
      const id = await findEventId(cli, text, { trash: 'too' });
      const base = from ?? Math.max(1, (await client.events.history(id, { limit: 1 }).page()).items[0]!.version - 1);
      cli.written = { ...cli.written, '/from': `version ${base}`, '/to': `version ${to}` };
      if (cli.options.json) return cli.result(await client.events.diff(id, base, to), () => []);
      const diff = await client.events.diffText(id, base, to);
      cli.print(...diffLines(cli, diff));
    });

  const rollback = program
    .command('rollback')
    .description('write the content of an old version as a new one')
    .argument('<event>', EVENT_ARGUMENT)
    .argument('<version>', 'the number of the version', readCount)
    .option('--fields <names>', 'only these, such as title,location', splitNames);
  addWriteOptions(rollback).action(async (text: string, version: number, flags: WriteFlags & { fields?: string[] }) => {
    const client = await cli.client();
    const zone = await cli.zone();
    const id = await findEventId(cli, text, { trash: 'too' });
    const body = { ...undoBody(flags), ...(flags.fields ? { fields: flags.fields as never } : {}) };
    cli.written = { ...cli.written, '/version': `version ${version}`, '/fields': flags.fields ?? [] };
    const answer = await client.events.rollback(id, version, body, { dryRun: flags.dryRun });
    report(cli, zone, `Rolled back to version ${version}:`, answer);
  });

  const undo = program
    .command('undo')
    .description('undo one change and keep later ones; without a number the last change, an undo included')
    .argument('<event>', EVENT_ARGUMENT)
    .argument('[change]', 'the number that `convene log` shows in front', readPosition)
    .addHelpText(
      'after',
      '\nA second undo without a number undoes the first one. To go further back, name the changes: see convene log.',
    );
  addWriteOptions(undo).action(async (text: string, position: number | undefined, flags: WriteFlags) => {
    const client = await cli.client();
    const zone = await cli.zone();
    const id = await findEventId(cli, text, { trash: 'too' });
    const last = position === undefined ? await lastChange(cli, id) : undefined;
    const number = position ?? last!.position;
    cli.written['/position'] = `change ${number}`;
    const answer = await client.events.undo(id, number, undoBody(flags), { dryRun: flags.dryRun });
    report(cli, zone, `Undid change ${number} of`, answer);
    if (last && !cli.options.json) cli.print(...lastChangeLines(last, id, flags.dryRun));
  });
}

async function lastChange(cli: Cli, id: string): Promise<LogEntryView> {
  const client = await cli.client();
  return (await client.events.changelog(id, { order: 'desc', limit: 1 }).page()).items[0]!;
}

/** What the change was that nobody named, and how to undo the one before it. */
function lastChangeLines({ position, actor, summary }: LogEntryView, id: string, isDry = false): string[] {
  const was = `It ${isDry ? 'is' : 'was'} of ${actor.username}: ${safeLine(summary)}`;
  // The first change is the creation, which stays.
  if (isDry || position <= 2) return [was];
  const back = `convene undo ${shortId(id)} ${position - 1}`;
  return [was, `Another undo without a number would undo this one. To go further back: ${back}`];
}

function undoBody(flags: WriteFlags): { on_conflict?: 'reject' | 'allow'; change_comment?: string } {
  const { on_conflict, ...rest } = writeBody(flags);
  if (on_conflict === 'skip') throw new UsageError('This cannot skip dates: use reject or allow.');
  return { ...rest, ...(on_conflict === undefined ? {} : { on_conflict }) };
}

function readVersion(text: string): VersionRef {
  return text === 'current' ? text : readCount(text);
}

function readPosition(text: string): number {
  const position = text.replace(/^#/, '');
  if (!/^[1-9]\d{0,8}$/.test(position)) throw new InvalidArgumentError('It is a number that `convene log` shows.');
  return Number(position);
}

function logLines(cli: Cli, entries: LogEntryView[], zone: string): string[] {
  const { bold, dim } = cli.colors();
  const width = Math.max(0, ...entries.map(({ position }) => String(position).length));
  const rows = entries.flatMap((entry) => {
    const { position, version, actor, at, summary, other_part } = entry;
    const reason = reasonOf(entry);
    return [
      `${bold(`#${position}`.padStart(width + 1))}  ${timeText(at, zone)}  ${dim(`version ${version}`)}  ${actor.username}: ${safeLine(summary)}`,
      ...(reason === null ? [] : [`${' '.repeat(width + 3)}${dim('because:')} ${safeLine(reason)}`]),
      ...(other_part ? [`${' '.repeat(width + 3)}${dim(`the other part: ${shortId(other_part.event_id)}`)}`] : []),
    ];
  });
  return [...rows, dim(`times in ${zone} · undo one with: convene undo <event> <number>`)];
}

/** The reason that the server stores for a rollback or an undo without a comment. */
const DEFAULT_REASON = /^(?:Rolled back to|Undid) version \d+(?: \([^)]*\))?$/;

/** The reason of a change; null without one, and when the sentence about a rollback says the same already. */
const reasonOf = ({ kind, comment }: LogEntryView): string | null =>
  kind === 'rolled_back' && comment !== null && DEFAULT_REASON.test(comment) ? null : comment;

function diffLines(cli: Cli, diff: string): string[] {
  const { bold, green, red, cyan } = cli.colors();
  return safeText(diff)
    .trimEnd()
    .split('\n')
    .map((line) => {
      if (/^(\+\+\+|---)/.test(line)) return bold(line);
      if (line.startsWith('+')) return green(line);
      if (line.startsWith('-')) return red(line);
      return line.startsWith('@@') ? cyan(line) : line;
    });
}
