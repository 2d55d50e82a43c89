import type { Command } from 'commander';
import type { Change } from '../../index.js';
import type { Cli } from '../cli.js';
import { CliError, NotSignedIn } from '../cli-error.js';
import { EXIT } from '../exit-codes.js';
import { EVENT_ARGUMENT, findEventId } from '../find-event.js';
import { readCount } from '../options.js';
import { safeJson, safeLine, shortId } from '../text.js';
import { dayText, wallOf } from '../zones.js';

interface WatchFlags {
  after?: number;
  event?: string;
  count?: number;
  others?: boolean;
}

/** `watch`. */
export function addWatch(program: Command, cli: Cli): void {
  program
    .command('watch')
    .description('print changes as they happen, each once, until Ctrl-C')
    .option('--after <number>', 'also what happened after this change: the number that `watch` prints in front', Number)
    .option('--event <event>', `only of this event: ${EVENT_ARGUMENT}`)
    .option('--others', 'only what other people do')
    .option('--count <n>', 'end after so many changes', readCount)
    .addHelpText('after', '\nWith --json each line is one change. After a lost connection nothing is missing.')
    .action((flags: WatchFlags) => watch(cli, flags));
}

async function watch(cli: Cli, { after, event, count = Infinity, others }: WatchFlags): Promise<void> {
  if (after !== undefined && !(Number.isInteger(after) && after >= 0)) {
    throw new CliError('--after is the number of a change.', 'usage', EXIT.usage);
  }
  const client = await cli.client();
  const zone = await cli.shownZone();
  const me = others ? await cli.userId() : null;
  const only = event === undefined ? null : await findEventId(cli, event);
  const [{ live }, url] = [client, await cli.url()];
  let [seen, day] = [0, ''];
  let wasOpen = false;

  await new Promise<void>((resolve, reject) => {
    const finish = (then: () => void): void => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      live.close();
      then();
    };
    const stop = (): void => finish(resolve);
    process.on('SIGINT', stop).on('SIGTERM', stop);

    live.on('change', (change) => {
      if (seen >= count || (only !== null && change.event_id !== only) || change.actor.id === me) return;
      if (cli.options.json) cli.print(safeJson(change));
      else {
        const today = wallOf(change.timestamp, zone).slice(0, 10);
        if (today !== day) cli.print(cli.colors().dim(`${dayText(today)} · times in ${zone}`));
        day = today;
        cli.print(changeLine(cli, change, zone));
      }
      if (++seen >= count) stop();
    });
    live.on('resync', ({ after: seq }) =>
      cli.note(
        after !== undefined && after > seq
          ? `There is no change ${after} yet: the last one is ${seq}. What comes after that is shown.`
          : `The server no longer has all changes up to ${seq}: see \`convene events ls\`.`,
      ),
    );
    live.on('state', ({ state, reason }) => {
      const { dim, yellow } = cli.colors(cli.stderr);
      if (state === 'open') {
        cli.note(dim(wasOpen ? 'Connected again; nothing was missed.' : `Connected to ${url}. Ctrl-C ends.`));
        wasOpen = true;
      }
      if (state !== 'waiting' && state !== 'closed') return;
      if (reason === 'signed_out') {
        finish(() => reject(new NotSignedIn('Your session has ended.', 'Sign in with: convene login')));
      } else if (state === 'closed' && reason !== null) {
        finish(() => reject(new CliError(`The server ended the connection: ${reason}.`, reason, EXIT.refused)));
      } else if (state === 'waiting' && wasOpen) cli.note(yellow('Connection lost. Connecting again …'));
      else if (state === 'waiting') cli.note(yellow(`No connection yet (${reason}). Trying again …`));
    });
    live.connect(after === undefined ? {} : { after }).catch(() => undefined);
  });
  if (live.seq !== null && !cli.options.json) cli.note(`Continue with: convene watch --after ${live.seq}`);
}

function changeLine(cli: Cli, { seq, timestamp, event_id, message }: Change, zone: string): string {
  const { dim } = cli.colors();
  return `  ${dim(`${seq}`)}  ${wallOf(timestamp, zone).slice(11)}  ${dim(shortId(event_id))}  ${safeLine(message)}`;
}
