import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { SchedulerRegistry } from '@nestjs/schedule';
import { AccountsService } from '../../src/admin/accounts.service.js';
import { readAccount } from '../../src/admin/read-account.js';
import { RedactionService } from '../../src/admin/redaction.service.js';
import { createApp } from '../../src/create-app.js';
import { TrashService } from '../../src/events/trash.service.js';
import { RedactionRefused } from '../../src/history/redact-version.js';
import { ConfigError, withSigningSecret } from '../../src/platform/config/config.js';
import { migrate } from '../../src/platform/database/migrate.js';
import type { Actor } from '../../src/platform/http/actor.js';
import { NO_REQUEST } from '../../src/platform/tracing/request-origin.js';
import { Problem } from '../../src/problems/problem.js';
import { SYSTEM_ACTOR } from '../../src/users/system-actor.js';
import { readSettings, startDatabase } from '../open-database.js';
import { type CommandLine, type CommandName, UUID, type Values } from './command-line.js';

/** The audit trail says that acts came from here. */
const ADMINISTRATOR: Actor = { ...SYSTEM_ACTOR, origin: { ...NO_REQUEST, userAgent: 'command line' } };

interface Services {
  accounts: AccountsService;
  trash: TrashService;
  redactions: RedactionService;
}

/** Returns what to print. */
type Command = (services: Services, words: string[], values: Values) => Promise<string>;

async function idOf({ accounts }: Services, person: string): Promise<string> {
  return UUID.test(person) ? person.toLowerCase() : (await accounts.findByLogin(person)).id;
}

/** A command about one person. */
const onPerson =
  (run: (services: Services, userId: string, values: Values) => Promise<string>): Command =>
  async (services, [person = ''], values) =>
    run(services, await idOf(services, person), values);

const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

const COMMANDS: Record<CommandName, Command> = {
  create: async ({ accounts }, [username], values) => {
    const { email, role, 'password-stdin': isRead = false, 'mail-link': isMailed = false } = values;
    const made = isRead || isMailed ? undefined : randomBytes(18).toString('base64url');
    const password = isRead ? (await text(process.stdin)).replace(/\r?\n$/, '') : made;
    const account = await accounts.create(ADMINISTRATOR, ...(await readAccount({ username, email, password, role })));
    const lines = [`Created ${account.username} (${account.role}), ${account.id}.`];
    if (made !== undefined) lines.push(`Password, shown only now: ${made}`);
    if (isMailed) lines.push(`A link to set a password is sent to ${account.email}.`);
    return lines.join('\n');
  },
  promote: onPerson(async ({ accounts }, id) => {
    const { username } = await accounts.promote(ADMINISTRATOR, id);
    return `${username} is an administrator.`;
  }),
  demote: onPerson(async ({ accounts }, id) => {
    const { username } = await accounts.demote(ADMINISTRATOR, id);
    return `${username} is an ordinary person.`;
  }),
  disable: onPerson(async ({ accounts }, id) => {
    const { username } = await accounts.disable(ADMINISTRATOR, id);
    return `${username} is disabled and signed out.`;
  }),
  enable: onPerson(async ({ accounts }, id) => {
    const { username } = await accounts.enable(ADMINISTRATOR, id);
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
    if (session !== undefined) {
      return `Ended ${count(await accounts.endSession(ADMINISTRATOR, id, session), 'session')}.`;
    }
    const { sessions, appPasswords } = await accounts.signOut(ADMINISTRATOR, id);
    return `Ended ${count(sessions, 'session')} and ${count(appPasswords, 'app password')}.`;
  }),
  erase: async (services, [person = '']) => {
    await services.accounts.erase(ADMINISTRATOR, await idOf(services, person));
    return `Erased ${person}.`;
  },
  'purge-trash': async ({ trash }, _words, { days }) => {
    const purged = await trash.purge({ days: days === undefined ? undefined : Number(days), by: ADMINISTRATOR });
    return `Removed ${count(purged, 'event')} from the trash.`;
  },
  redact: async ({ redactions }, [eventId = '', version = ''], { reason = '' }) => {
    const { alsoIn } = await redactions.redact(ADMINISTRATOR, {
      eventId,
      version: Number(version),
      reason: reason.trim(),
    });
    const also = alsoIn.length > 0 ? `\nThe same texts are also in: version ${alsoIn.join(', ')}.` : '';
    return `Redacted version ${version} of event ${eventId}.${also}`;
  },
};

/** Runs a command and prints what it did, or why not. */
export async function runCommand({ name, words, values }: CommandLine): Promise<void> {
  try {
    // Somebody may be created before the first start.
    const outcome = await withServices((services) => COMMANDS[name](services, words, values), name === 'create');
    process.stdout.write(`${outcome}\n`);
  } catch (error) {
    const isPlain = error instanceof Problem || error instanceof RedactionRefused || error instanceof ConfigError;
    process.stderr.write(`${messageOf(error)}\n`);
    if (!isPlain && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  }
}

/** Runs a command with the services of the application, which serves nobody meanwhile. */
async function withServices(work: (services: Services) => Promise<string>, mayCreate = false): Promise<string> {
  const settings = readSettings();
  const database = await startDatabase(settings, { mayCreate });
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
      return await work({ accounts, trash, redactions });
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
