import { parseArgs } from 'node:util';

export const HELP = `Usage: npm run admin -- <command>

  create <name> --email <address>   creates an administrator; with --role user an ordinary person. Prints a password
                                    once, or reads it from standard input with --password-stdin, or mails a link to
                                    set one with --mail-link
  promote <person>                  makes a person an administrator
  demote <person>                   makes an administrator an ordinary person
  disable <person>                  ends the sessions, connections, app passwords and feeds of a person, who cannot sign
                                    in any more
  enable <person>                   lets the person sign in again
  sessions <person>                 lists the sessions of a person
  sign-out <person>                 ends every session and app password of a person; with --session <id> only that
                                    session
  erase <person> --yes              erases an account; cannot be undone
  purge-trash [--days <n>]          removes events from the trash that were deleted more than TRASH_DAYS ago, or n days
  redact <event id> <version> --reason "<why>"
                                    replaces the texts of a version; needs the database account that owns the tables

A person is a user name, an e-mail address or an id. Uses DATABASE_URL, or the embedded database of DATA_DIR.`;

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  email: { type: 'string' },
  role: { type: 'string', default: 'admin' },
  'password-stdin': { type: 'boolean' },
  'mail-link': { type: 'boolean' },
  session: { type: 'string' },
  days: { type: 'string' },
  reason: { type: 'string' },
  yes: { type: 'boolean' },
} as const;

/** A command line that is not understood. */
export class UsageError extends Error {}

/** How many words follow each command. */
const WORDS = {
  create: 1,
  promote: 1,
  demote: 1,
  disable: 1,
  enable: 1,
  sessions: 1,
  'sign-out': 1,
  erase: 1,
  'purge-trash': 0,
  redact: 2,
} as const;

export type CommandName = keyof typeof WORDS;
export type Values = ReturnType<typeof parse>['values'];

export interface CommandLine {
  name: CommandName;
  words: string[];
  values: Values;
}

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function parse() {
  try {
    return parseArgs({ allowPositionals: true, options: OPTIONS });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** Returns what the process was asked for; null for help. @throws UsageError */
export function readCommandLine(): CommandLine | null {
  const { values, positionals } = parse();
  const [name, ...words] = positionals;
  if (values.help || name === 'help') return null;
  if (name === undefined) throw new UsageError('Which command?');
  if (!isCommand(name)) throw new UsageError(`There is no command ${name}.`);
  const count = WORDS[name];
  if (words.length !== count) throw new UsageError(`${name} takes ${count} ${count === 1 ? 'argument' : 'arguments'}.`);
  const complaint = complaintAbout({ name, words, values });
  if (complaint) throw new UsageError(complaint);
  return { name, words, values };
}

const isCommand = (name: string): name is CommandName => Object.hasOwn(WORDS, name);

function complaintAbout({ name, words, values }: CommandLine): string | undefined {
  const { email, role, session, yes, days, reason } = values;
  switch (name) {
    case 'create':
      if (email === undefined) return 'create needs --email <address>.';
      if (role !== 'admin' && role !== 'user') return '--role is admin or user.';
      return values['password-stdin'] && values['mail-link']
        ? '--password-stdin and --mail-link exclude each other.'
        : undefined;
    case 'sign-out':
      return session === undefined || UUID.test(session) ? undefined : '--session is an id that `sessions` lists.';
    case 'erase':
      return yes ? undefined : 'Erasing cannot be undone: add --yes.';
    case 'purge-trash':
      return days === undefined || /^\d{1,4}$/.test(days) ? undefined : '--days is a number of days.';
    case 'redact':
      return /^[1-9]\d{0,8}$/.test(words[1]!) && reason?.trim()
        ? undefined
        : 'redact needs an event, the number of a version and --reason "<why>".';
    default:
      return undefined;
  }
}
