import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { Cli } from './cli.js';
import { addAvailability } from './commands/availability.js';
import { addCalendar } from './commands/calendar.js';
import { addCompletion } from './commands/completion.js';
import { addEvents } from './commands/events.js';
import { addFeed } from './commands/feed.js';
import { addHistory } from './commands/history.js';
import { addInbox } from './commands/inbox.js';
import { addLogin } from './commands/login.js';
import { addMcp } from './commands/mcp.js';
import { addShare } from './commands/share.js';
import { addWatch } from './commands/watch.js';

/** Adds commands to the program. What they need of the session and the terminal is in `cli`. */
export type AddCommands = (program: Command, cli: Cli) => void;

/** All commands, in the order of the help. A new one is a file in `commands/` and an entry here. */
const COMMANDS: AddCommands[] = [
  addLogin,
  addEvents,
  addShare,
  addHistory,
  addAvailability,
  addWatch,
  addInbox,
  addCalendar,
  addFeed,
  addMcp,
  addCompletion,
];

const HELP = `
Times are read in your zone, or that of --zone: tomorrow 10am for 45 min · next friday 14:00-15:30 · 2026-12-07 10:00
An event is its id, the eight characters that \`events ls\` shows, or a part of its title that only one event has.

Environment:
  CONVENE          the server, such as http://127.0.0.1:3000, when --url is not given
  CONVENE_TOKEN    an access token, in place of a session of \`convene login\`
  NO_COLOR         no colors

Exit codes:
  0  done                          3  not signed in, or the session has ended
  1  refused                       4  a conflict: busy then, or changed by others meanwhile
  2  the command is not understood 5  the server does not respond`;

/** The program, without having run anything. */
export function createProgram(): Command {
  const program = new Command('convene')
    .description('Your Convene calendar on the command line.')
    .version(version())
    .option('--url <address>', 'the server; by default the one that you signed in to last')
    .option('--as <name>', 'of several people who are signed in on this machine, the one to act as')
    .option('--zone <zone>', 'the time zone in which times are read and shown, such as Europe/Paris')
    .option('--json', 'print what the API returned, as one JSON document')
    .option('--no-color', 'print no colors')
    .addHelpText('after', HELP)
    .configureHelp({ showGlobalOptions: true })
    // `reportError` prints it, as every other error.
    .configureOutput({ outputError: () => undefined })
    .exitOverride();
  return program;
}

export function addCommands(program: Command, cli: Cli): void {
  for (const add of COMMANDS) add(program, cli);
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
