import { type Command, Option } from 'commander';
import type { FeedView, FeedWithLink } from '../../index.js';
import { type Cli, isLoopback } from '../cli.js';
import { NothingFound, UsageError } from '../cli-error.js';
import { count, safeLine, shortId } from '../text.js';
import { timeText } from '../zones.js';

const FEED = 'its id, the eight characters that `feed ls` shows of it, or its name';
const CONTENTS = ['all', 'busy', 'owner', 'editor', 'viewer'] as const;
type Contents = (typeof CONTENTS)[number];

const SHOWS: Record<Contents, string> = {
  all: 'all events that you see',
  busy: 'only when you are busy',
  owner: 'events that you own',
  editor: 'events of which you are an editor',
  viewer: 'events of which you are a viewer',
};

/** `feed ls`, `add`, `replace`, `rm`. */
export function addFeed(program: Command, cli: Cli): void {
  const feed = program
    .command('feed')
    .description('secret links with which calendar applications subscribe to your events');

  feed
    .command('ls')
    .alias('list')
    .description('list your feeds; their links are not shown again')
    .action(async () => {
      const client = await cli.client();
      const zone = await cli.zone();
      const items = await client.calendar.feeds();
      cli.result({ items }, () => feedLines(cli, items, zone));
    });

  feed
    .command('add')
    .description('make a feed and print its link, this once; everybody who has the link can read it')
    .argument('[name]', 'what applications show as the name of the calendar')
    .addOption(new Option('--shows <what>', 'which events it contains').choices(CONTENTS).default('all'))
    .action(async (name: string | undefined, { shows }: { shows: Contents }) => {
      const client = await cli.client();
      const kind = shows === 'all' || shows === 'busy' ? { kind: shows } : { kind: 'role' as const, role: shows };
      const made = await client.calendar.makeFeed({ name: name ?? null, ...kind });
      const link = await linkOf(cli, made);
      cli.result(made, () => linkLines(cli, link, `Made ${nameOf(made)}: ${SHOWS[shows]}.`));
    });

  feed
    .command('replace')
    .description('replace the link of a feed; the old one is dead at once')
    .argument('<feed>', FEED)
    .action(async (text: string) => {
      const client = await cli.client();
      const made = await client.calendar.rotateFeed(await findFeed(cli, text));
      const link = await linkOf(cli, made);
      cli.result(made, () => linkLines(cli, link, `Replaced the link of ${nameOf(made)}.`));
    });

  feed
    .command('rm')
    .alias('remove')
    .description('revoke a feed; its link is dead at once')
    .argument('[feed]', FEED)
    .option('--all', 'all feeds')
    .action(async (text: string | undefined, { all }: { all?: boolean }) => {
      if ((text === undefined) === !all) throw new UsageError('Name a feed, or add --all.');
      const { calendar } = await cli.client();
      if (text === undefined) {
        const feeds = await calendar.feeds();
        await calendar.revokeFeeds();
        return cli.result(null, () => [`Revoked ${count(feeds.length, 'feed')}.`]);
      }
      const found = await findFeed(cli, text);
      await calendar.revokeFeed(found);
      cli.result(null, () => [`Revoked ${nameOf(found)}.`]);
    });
}

/** The feed with that id, beginning or end of one, or name. @throws NothingFound, UsageError */
async function findFeed(cli: Cli, text: string): Promise<FeedView> {
  const { calendar } = await cli.client();
  const feeds = await calendar.feeds();
  const wanted = text.toLowerCase();
  const found = feeds.filter(({ id, name }) => [id, shortId(id), name?.toLowerCase()].includes(wanted));
  if (found.length > 1) {
    const ids = found.map(({ id }) => shortId(id)).join(', ');
    throw new UsageError(`“${text}” is the name of ${found.length} feeds. Name one of them: ${ids}.`);
  }
  if (!found[0]) throw new NothingFound(`You have no feed “${text}”.`, ['See what there is: convene feed ls']);
  return found[0];
}

const nameOf = ({ id, name }: FeedView): string => (name === null ? shortId(id) : `“${safeLine(name)}”`);

const contentsOf = ({ kind, role }: FeedView): Contents => (kind === 'role' ? role! : kind);

const linkLines = (cli: Cli, link: string, done: string): string[] => [
  done,
  link,
  cli.colors().dim('The link is not shown again. Subscribe to it in the calendar application.'),
];

/**
 * The link as others can open it: a server without `PUBLIC_URL` may name an address that only its own machine reaches, and
 * this program knows the one under which it answers.
 */
async function linkOf(cli: Cli, { url }: FeedWithLink): Promise<string> {
  const { hostname, pathname } = new URL(url);
  return isLoopback(hostname) ? (await cli.url()) + pathname : url;
}

function feedLines(cli: Cli, feeds: FeedView[], zone: string): string[] {
  const { dim } = cli.colors();
  if (feeds.length === 0) return ['No feeds.', dim('Make one with: convene feed add')];
  const named = feeds.map((feed) => ({ feed, name: feed.name === null ? '(no name)' : safeLine(feed.name) }));
  const width = Math.max(...named.map(({ name }) => name.length));
  return [
    ...named.map(({ feed, name }) => {
      const used = feed.last_used_at === null ? 'not fetched yet' : `fetched ${timeText(feed.last_used_at, zone)}`;
      return `  ${dim(shortId(feed.id))}  ${name.padEnd(width)}  ${SHOWS[contentsOf(feed)]}, ${used}`;
    }),
    dim(`${count(feeds.length, 'feed')} · times in ${zone}`),
  ];
}
