import { readFile, writeFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import type { ImportView } from '../../index.js';
import type { Cli } from '../cli.js';
import { conflictLines } from '../conflicts.js';
import { fileError } from '../file-error.js';
import { EVENT_ARGUMENT, findEventId } from '../find-event.js';
import { count, safeLine } from '../text.js';

/** `export`, `import`. */
export function addCalendar(program: Command, cli: Cli): void {
  program
    .command('export')
    .description('write events as an iCalendar file, all that you see or one of them')
    .argument('[event]', EVENT_ARGUMENT)
    .option('-o, --output <file>', 'the file; standard output by default')
    .action(async (event: string | undefined, { output }: { output?: string }) => {
      const client = await cli.client();
      const { calendar } = client;
      const id = event === undefined ? null : await findEventId(cli, event);
      const file = await cli.progress.during(() => (id === null ? calendar.export() : calendar.exportEvent(id)));
      if (output === undefined) return void cli.stdout.write(file);
      await writeFile(output, file).catch((error: NodeJS.ErrnoException) => {
        throw fileError(output, 'written', error);
      });
      cli.note(`Wrote ${output}: ${count(countEvents(file), 'event')}.`);
    });

  program
    .command('import')
    .description('store the events of an iCalendar file; importing it again changes nothing')
    .argument('<file>', 'the file; - for standard input')
    .option('--dry-run', 'show what would happen, and store nothing')
    .addOption(
      new Option('--on-conflict <what>', 'when you are busy then: store it all the same, refuse, or skip dates of a series')
        .choices(['allow', 'reject', 'skip']), // prettier-ignore
    )
    .action(async (path: string, flags: { dryRun?: boolean; onConflict?: 'allow' | 'reject' | 'skip' }) => {
      const client = await cli.client();
      const zone = await cli.zone();
      const file = path === '-' ? await readAll(cli.stdin) : await readText(path);
      const text = `Importing ${path === '-' ? 'what was piped in' : path}`;
      cli.progress.text = text;
      cli.written['file'] = path === '-' ? 'what was piped in' : path;
      const onProgress = ({ done, total }: { done: number; total: number | null }): void => {
        cli.progress.text = total === null ? text : `${text}: ${done} of ${count(total, 'event', 'events')}`;
      };
      const answer = await cli.progress.during(() => client.calendar.import(file, { ...flags, onProgress }));
      cli.result(answer, () => importLines(cli, answer, zone));
    });
}

function importLines(cli: Cli, answer: ImportView, zone: string): string[] {
  const { bold, yellow } = cli.colors();
  const { created, updated, unchanged, cancelled, skipped, warnings, conflicts, dry_run } = answer;
  const figures = [
    `${created} created`,
    `${updated} updated`,
    `${unchanged} unchanged`,
    ...(cancelled > 0 ? [`${cancelled} cancelled`] : []),
    ...(skipped.length > 0 ? [yellow(`${skipped.length} skipped`)] : []),
  ];
  return [
    `${bold(dry_run ? 'Dry run, nothing was stored:' : 'Imported:')} ${figures.join(', ')}`,
    ...skipped.map(({ line, reason }) => `  ${yellow('skipped')}  line ${line}: ${safeLine(reason)}`),
    ...warnings.map(
      ({ line, property, reason }) =>
        `  ${yellow('warning')}  line ${line}, ${safeLine(property)}: ${safeLine(reason)}`,
    ),
    ...(conflicts.length > 0 ? ['Conflicts:', ...conflictLines(conflicts, zone, cli.colors())] : []),
  ];
}

/** How many events a file has, as an import counts them: a changed date of a series has the UID of the series. */
const countEvents = (file: string): number => new Set(file.replace(/\r?\n[ \t]/g, '').match(/^UID:.*$/gm)).size;

const readText = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw fileError(path, 'read', error);
  });
