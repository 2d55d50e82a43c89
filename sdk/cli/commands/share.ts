import { type Command, Option } from 'commander';
import type { CalendarEvent, DryRun, InvitationView, PermissionView, ShareInput } from '../../index.js';
import type { Cli } from '../cli.js';
import { NothingFound, UsageError } from '../cli-error.js';
import { dryRunLines } from '../event-text.js';
import { EVENT_ARGUMENT, findEvent } from '../find-event.js';
import { addPeople, addWriteOptions, type WriteFlags } from '../options.js';
import { safeLine } from '../text.js';
import { timeText } from '../zones.js';

const PERSON = 'a user name or an e-mail address';
const ROLES = ['viewer', 'editor'] as const;
type GivenRole = (typeof ROLES)[number];

/** `share ls`, `add`, `role`, `rm`, `leave`, `transfer`. */
export function addShare(program: Command, cli: Cli): void {
  const share = program.command('share').description('who is on an event, and what they may do');
  const dry = (command: Command): Command => addWriteOptions(command, { conflicts: false, comment: false });

  share
    .command('ls')
    .alias('list')
    .description('list the members of an event, and who is invited')
    .argument('<event>', EVENT_ARGUMENT)
    .action(async (text: string) => {
      const client = await cli.client();
      const zone = await cli.zone();
      const event = await findEvent(cli, text);
      const members = await client.events.permissions(event);
      const invited = event.role === 'owner' && !cli.options.json ? (await client.events.invitations(event)).items : [];
      cli.result(members, () => memberLines(cli, event, members.items, invited, zone));
    });

  dry(
    addPeople(
      share
        .command('add')
        .description('give people a role; an address without an account is invited')
        .argument('<event>', EVENT_ARGUMENT),
      'user names or e-mail addresses',
    ).addOption(new Option('--role <role>', 'what they may do').choices(ROLES).default('viewer')),
  ).action(async (text: string, people: string[], { role, dryRun }: WriteFlags & { role: GivenRole }) => {
    const client = await cli.client();
    const event = await findEvent(cli, text);
    const users = toShareInput(cli, people, role);
    const zone = await cli.zone();
    const shared = await client.events.share(event, users, { dryRun });
    cli.result(shared, () => {
      const { items, invitations } = 'would' in shared ? shared.would : shared;
      const lines = memberLines(cli, event, items, invitations, zone);
      return 'would' in shared ? dryRunLines(shared, lines, zone, cli.colors()) : lines;
    });
  });

  dry(
    share
      .command('role')
      .description('change the role of a member')
      .argument('<event>', EVENT_ARGUMENT)
      .argument('<person>', PERSON)
      .argument('<role>', ROLES.join(' or ')),
  ).action(async (text: string, person: string, role: string, { dryRun }: WriteFlags) => {
    if (!isRole(role))
      throw new UsageError(`A role is ${ROLES.join(' or ')}; \`convene share transfer\` makes an owner.`);
    await changeRole(cli, text, person, role, dryRun);
  });

  dry(
    share
      .command('transfer')
      .description('make a member the owner; you become an editor')
      .argument('<event>', EVENT_ARGUMENT)
      .argument('<person>', PERSON),
  ).action((text: string, person: string, { dryRun }: WriteFlags) => changeRole(cli, text, person, 'owner', dryRun));

  dry(
    share
      .command('rm')
      .alias('remove')
      .description('end the access of a member, or an invitation')
      .argument('<event>', EVENT_ARGUMENT)
      .argument('<person>', PERSON),
  ).action(async (text: string, person: string, { dryRun }: WriteFlags) => {
    const client = await cli.client();
    const event = await findEvent(cli, text);
    const invitation = await invitationOf(cli, event, person);
    const answer: DryRun<undefined> | undefined = invitation
      ? await client.events.revokeInvitation(event, invitation, { dryRun })
      : await client.events.revoke(event, (await memberOf(cli, event, person)).user_id, { dryRun });
    await reportGone(cli, answer, `${person} no longer has access to “${safeLine(event.title)}”.`);
  });

  dry(share.command('leave').description('give up your own role').argument('<event>', EVENT_ARGUMENT)).action(
    async (text: string, { dryRun }: WriteFlags) => {
      const client = await cli.client();
      const event = await findEvent(cli, text);
      const answer: DryRun<undefined> | undefined = await client.events.revoke(event, await cli.userId(), { dryRun });
      await reportGone(cli, answer, `You left “${safeLine(event.title)}”.`);
    },
  );
}

/** Those people with that role: user names, or e-mail addresses. */
export function toShareInput(cli: Cli, people: string[], role: GivenRole): ShareInput[] {
  if (people.length === 0) throw new UsageError('Name somebody.');
  cli.written['/users'] = people;
  return people.map((person) => ({ ...(person.includes('@') ? { email: person } : { username: person }), role }));
}

const isRole = (text: string): text is GivenRole => (ROLES as readonly string[]).includes(text);

async function reportGone(cli: Cli, answer: DryRun<undefined> | undefined, sentence: string): Promise<void> {
  const zone = await cli.zone();
  cli.result(answer, () => (answer ? dryRunLines(answer, [sentence], zone, cli.colors()) : [sentence]));
}

async function changeRole(
  cli: Cli,
  text: string,
  person: string,
  role: GivenRole | 'owner',
  dryRun = false,
): Promise<void> {
  const client = await cli.client();
  const zone = await cli.zone();
  const event = await findEvent(cli, text);
  const { user_id, username } = await memberOf(cli, event, person);
  const answer = await client.events.changeRole(event, user_id, role, { dryRun });
  const lines = [`${username} is ${role} of “${safeLine(event.title)}” now.`];
  cli.result(answer, () => ('would' in answer ? dryRunLines(answer, lines, zone, cli.colors()) : lines));
}

/** The member with that name or address. @throws NothingFound */
async function memberOf(cli: Cli, event: CalendarEvent, person: string): Promise<PermissionView> {
  const client = await cli.client();
  const { items } = await client.events.permissions(event);
  const id = person.includes('@') ? (await client.users.find({ email: person }))?.id : undefined;
  const found = items.find(
    ({ user_id, username }) => user_id === id || username.toLowerCase() === person.toLowerCase(),
  );
  if (found) return found;
  const names = items.map(({ username }) => username).join(', ');
  throw new NothingFound(`${person} is not a member of “${safeLine(event.title)}”. Members are: ${names}.`);
}

async function invitationOf(cli: Cli, event: CalendarEvent, person: string): Promise<InvitationView | undefined> {
  if (!person.includes('@') || event.role !== 'owner') return undefined;
  const client = await cli.client();
  const { items } = await client.events.invitations(event);
  return items.find(({ email }) => email.toLowerCase() === person.toLowerCase());
}

function memberLines(
  cli: Cli,
  event: CalendarEvent,
  members: PermissionView[],
  invited: InvitationView[],
  zone: string,
): string[] {
  const { bold, dim } = cli.colors();
  const rows = [
    ...members.map(({ username, role, granted_by, granted_at }) => ({
      name: username,
      role: role as string,
      since: `since ${timeText(granted_at, zone)}, by ${granted_by.username}`,
    })),
    ...invited.map(({ email, role, expires_at }) => ({
      name: email,
      role: role as string,
      since: `invited until ${timeText(expires_at, zone)}`,
    })),
  ];
  const width = Math.max(...rows.map(({ name }) => name.length));
  return [
    `${bold(safeLine(event.title))} ${dim(`(times in ${zone})`)}`,
    ...rows.map(({ name, role, since }) => `  ${safeLine(name).padEnd(width)}  ${role.padEnd(6)}  ${dim(since)}`),
  ];
}
