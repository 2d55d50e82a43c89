import type { Command } from 'commander';
import { type Cli, isOpenToAll } from '../cli.js';
import { UsageError } from '../cli-error.js';
import { ask, readPassword } from '../prompt.js';
import { readZone } from '../zones.js';
import { localZone, type Convene } from '../../index.js';

/** `login`, `sign-up`, `logout`, `whoami`. */
export function addLogin(program: Command, cli: Cli): void {
  program
    .command('login')
    .description('sign in; the session is kept for the commands that follow')
    .argument('[name]', 'your user name or e-mail address')
    .addHelpText('after', '\nThe password is asked for, or read from standard input: convene login ana < password.txt')
    .action(async (name: string | undefined) => {
      await warn(cli);
      const username = name ?? (await askName(cli));
      const password = await readPassword(`Password of ${username}: `, cli.stdin, cli.stderr);
      const client = await cli.newClient();
      await client.signIn({ username, password });
      await keep(cli, client);
    });

  program
    .command('sign-up')
    .description('create an account, and sign in')
    .argument('<name>', 'your user name')
    .requiredOption('--email <address>', 'your e-mail address')
    .addHelpText('after', '\n--zone is the time zone of the account; by default that of this machine.')
    .action(async (username: string, { email }: { email: string }) => {
      await warn(cli);
      const time_zone = readZone(cli.options.zone ?? localZone());
      const password = await readPassword(`Password for ${username}: `, cli.stdin, cli.stderr);
      const client = await cli.newClient();
      await client.signUp({ username, email, password, time_zone });
      await keep(cli, client);
    });

  program
    .command('logout')
    .description('end the session, here and on the server')
    .option('--all', 'end all your sessions, on every machine')
    .action(async ({ all }: { all?: boolean }) => {
      const client = await cli.client();
      const url = await cli.url();
      // Here first, so that a server that is away keeps nobody signed in.
      await client.signOut({ all });
      cli.result(null, () => [`Signed out of ${url}${all ? ', everywhere' : ''}.`]);
    });

  program
    .command('whoami')
    .description('show who is signed in, and where')
    .action(async () => {
      const user = await cli.user();
      const url = await cli.url();
      cli.result(user, () => [`${user.username} (${user.email}) at ${url}, time zone ${user.time_zone}`]);
    });
}

async function askName(cli: Cli): Promise<string> {
  if (!cli.stdin.isTTY) throw new UsageError('Who signs in? Write: convene login <name>');
  const name = await ask('User name: ', cli.stdin, cli.stderr);
  if (name.trim() === '') throw new UsageError('No user name was given.');
  return name.trim();
}

async function warn(cli: Cli): Promise<void> {
  const url = await cli.url();
  if (isOpenToAll(url)) cli.note(`Warning: ${url} is not https. Others on the network can read your password.`);
}

async function keep(cli: Cli, client: Convene): Promise<void> {
  const session = (await client.session())!;
  const user = session.user!;
  const url = await cli.url();
  await cli.credentials.add(url, user.username, session);
  cli.result(user, () => [`Signed in to ${url} as ${user.username}, time zone ${user.time_zone}.`]);
}
