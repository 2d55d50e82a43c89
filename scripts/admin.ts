/**
 * What administrators do, from the command line: `npm run admin -- <command>`; `--help` lists the commands. Runs what is
 * built, may run beside the server, and uses the same services as `/api/admin`: the audit trail names the server itself,
 * with the client `command line`. Ends with 1 when the command is refused, with 2 when it is not understood.
 */
import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { SchedulerRegistry } from '@nestjs/schedule';
import { RedactionService } from '../src/admin/redaction.service.js';
import { AccountsService } from '../src/admin/accounts.service.js';
import { readAccount } from '../src/admin/read-account.js';
import { createApp } from '../src/create-app.js';
import { TrashService } from '../src/events/trash.service.js';
import { RedactionRefused } from '../src/history/redact-version.js';
import { ConfigError, withSigningSecret } from '../src/platform/config/config.js';
import { migrate } from '../src/platform/database/migrate.js';
import { withUserAgent } from '../src/platform/http/request-origin.js';
import { Problem } from '../src/problems/problem.js';
import { SYSTEM_ACTOR } from '../src/users/system-actor.js';
import { readSettings, startDatabase } from './open-database.js';

const HELP = `Usage: npm run admin -- <command>

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

type Values = ReturnType<typeof parse>['values'];

interface Services {
  accounts: AccountsService;
  trash: TrashService;
  redactions: RedactionService;
}

interface Command {
  /** How many words follow the command. */
  words: number;
  /** Whether it may be the first that happens in a database. */
  begins?: boolean;
  /** Returns what to print. */
  run: (services: Services, words: string[], values: Values) => Promise<string>;
}

/** A command line that is not understood. */
class UsageError extends Error {}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function parse() {
  return parseArgs({ allowPositionals: true, options: OPTIONS });
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

async function idOf({ accounts }: Services, person: string): Promise<string> {
  return UUID.test(person) ? person.toLowerCase() : (await accounts.findByLogin(person)).id;
}

/** A command about one person. */
const onPerson = (run: (services: Services, userId: string, values: Values) => Promise<string>): Command => ({
  words: 1,
  run: async (services, [person = ''], values) => run(services, await idOf(services, person), values),
});

const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

const COMMANDS: Record<string, Command> = {
  create: {
    words: 1,
    begins: true,
    run: async ({ accounts }, [username], values) => {
      if (values.email === undefined) throw new UsageError('create needs --email <address>.');
      if (values.role !== 'admin' && values.role !== 'user') throw new UsageError('--role is admin or user.');
      const { email, role, 'password-stdin': isRead = false, 'mail-link': isMailed = false } = values;
      if (isRead && isMailed) throw new UsageError('--password-stdin and --mail-link exclude each other.');
      const made = isRead || isMailed ? undefined : randomBytes(18).toString('base64url');
      const password = isRead ? (await text(process.stdin)).replace(/\r?\n$/, '') : made;
      const account = await accounts.create(SYSTEM_ACTOR, ...(await readAccount({ username, email, password, role })));
      const lines = [`Created ${account.username} (${account.role}), ${account.id}.`];
      if (made !== undefined) lines.push(`Password, shown only now: ${made}`);
      if (isMailed) lines.push(`A link to set a password is sent to ${account.email}.`);
      return lines.join('\n');
    },
  },
  promote: onPerson(async ({ accounts }, id) => {
    const { username } = await accounts.promote(SYSTEM_ACTOR, id);
    return `${username} is an administrator.`;
  }),
  demote: onPerson(async ({ accounts }, id) => {
    const { username } = await accounts.demote(SYSTEM_ACTOR, id);
    return `${username} is an ordinary person.`;
  }),
  disable: onPerson(async ({ accounts }, id) => {
    const { username } = await accounts.disable(SYSTEM_ACTOR, id);
    return `${username} is disabled and signed out.`;
  }),
  enable: onPerson(async ({ accounts }, id) => {
    const { username } = await accounts.enable(SYSTEM_ACTOR, id);
    return `${username} can sign in.`;
  }),
  sessions: onPerson(async ({ accounts }, id) => {
    const { username, devices, appPasswords } = await accounts.find(id);
    const lines = devices.map(
      ({ id: session, createdAt, lastUsedAt, address, userAgent }) =>
        `${session}  since ${createdAt.toISOString()}, last used ${lastUsedAt.toISOString()}, ${address ?? '?'}, ${userAgent ?? '?'}`,
    );
    const counts = `${count(devices.length, 'session')}, ${count(appPasswords, 'app password')}`;
    return [`${username}: ${counts}`, ...lines].join('\n');
  }),
  'sign-out': onPerson(async ({ accounts }, id, { session }) => {
    if (session !== undefined && !UUID.test(session)) throw new UsageError('--session is an id that `sessions` lists.');
    if (session !== undefined) {
      return `Ended ${count(await accounts.endSession(SYSTEM_ACTOR, id, session), 'session')}.`;
    }
    const { sessions, appPasswords } = await accounts.signOut(SYSTEM_ACTOR, id);
    return `Ended ${count(sessions, 'session')} and ${count(appPasswords, 'app password')}.`;
  }),
  erase: {
    words: 1,
    run: async (services, [person = ''], values) => {
      if (!values.yes) throw new UsageError('Erasing cannot be undone: add --yes.');
      await services.accounts.erase(SYSTEM_ACTOR, await idOf(services, person));
      return `Erased ${person}.`;
    },
  },
  'purge-trash': {
    words: 0,
    run: async ({ trash }, _words, { days }) => {
      if (days !== undefined && !/^\d{1,4}$/.test(days)) throw new UsageError('--days is a number of days.');
      const purged = await trash.purge({ days: days === undefined ? undefined : Number(days), by: SYSTEM_ACTOR });
      return `Removed ${count(purged, 'event')} from the trash.`;
    },
  },
  redact: {
    words: 2,
    run: async ({ redactions }, [eventId = '', version = ''], { reason }) => {
      if (!/^[1-9]\d{0,8}$/.test(version) || !reason?.trim()) {
        throw new UsageError('redact needs an event, the number of a version and --reason "<why>".');
      }
      const { alsoIn } = await redactions.redact(SYSTEM_ACTOR, {
        eventId,
        version: Number(version),
        reason: reason.trim(),
      });
      const also = alsoIn.length > 0 ? `\nThe same texts are also in: version ${alsoIn.join(', ')}.` : '';
      return `Redacted version ${version} of event ${eventId}.${also}`;
    },
  },
};

/** Runs a command with the services of the application, which serves nobody meanwhile. */
async function withServices(work: (services: Services) => Promise<string>, begins = false): Promise<string> {
  const settings = readSettings();
  const database = await startDatabase(settings, { mayCreate: begins });
  const config = withSigningSecret(settings).with({ databaseUrl: database.url, logLevel: 'error' });
  try {
    await migrate(config.databaseUrl);
    const app = await createApp(config);
    await app.init();
    for (const job of app.get(SchedulerRegistry).getCronJobs().values()) void job.stop();
    try {
      const [accounts, trash, redactions] = [
        app.get(AccountsService),
        app.get(TrashService),
        app.get(RedactionService),
      ];
      return await withUserAgent('command line', () => work({ accounts, trash, redactions }));
    } finally {
      await app.close();
    }
  } finally {
    await database.stop();
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Problem)) return error instanceof Error ? error.message : String(error);
  if (error.code === 'not_found') return 'There is no such person.';
  const values = (error.extras.errors ?? []).map(({ pointer, message }) => `\n  ${pointer.slice(1)}: ${message}`);
  return `${error.message}.${values.join('')}`;
}

async function main(): Promise<void> {
  const { values, positionals } = parse();
  const [name, ...words] = positionals;
  if (values.help || name === 'help') return say(HELP);
  if (name === undefined) throw new UsageError('Which command?');
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name]! : null;
  if (!command) throw new UsageError(`There is no command ${name}.`);
  if (words.length !== command.words) throw new UsageError(`${name} takes ${count(command.words, 'argument')}.`);
  say(await withServices((services) => command.run(services, words, values), command.begins));
}

try {
  await main();
} catch (error) {
  const isUsage =
    error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true;
  const isPlain = error instanceof Problem || error instanceof RedactionRefused || error instanceof ConfigError;
  process.stderr.write(`${messageOf(error)}${isUsage ? `\n\n${HELP}` : ''}\n`);
  if (!isUsage && !isPlain && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = isUsage ? 2 : 1;
}
