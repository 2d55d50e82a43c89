import type { Command } from 'commander';
import type { Cli } from '../cli.js';
import { readCount } from '../options.js';
import { readList } from '../read-list.js';
import { safeLine, shortId } from '../text.js';
import { timeText } from '../zones.js';

interface InboxFlags {
  all?: boolean;
  read?: boolean;
  limit?: number;
}

/** `inbox`. */
export function addInbox(program: Command, cli: Cli): void {
  program
    .command('inbox')
    .description('show what others did to your events and you have not read, newest first')
    .option('--all', 'also what you have read')
    .option('--read', 'mark what is shown as read, and everything older')
    .option('--limit <n>', 'at most so many', readCount, 50)
    .action(async ({ all, read, limit }: InboxFlags) => {
      const client = await cli.client();
      const zone = await cli.zone();
      const list = await readList(
        cli,
        (size) => client.notifications.list({ ...(all ? {} : { unread: true }), limit: size }),
        limit,
      );
      const newest = list.items[0];
      if (read && newest) await client.notifications.markAllRead({ up_to: newest.seq });
      cli.result(list, () => {
        const { bold, dim } = cli.colors();
        const lines = list.items.map(({ timestamp, event_id, message, read_at }) => {
          const text = safeLine(message);
          return `  ${timeText(timestamp, zone)}  ${dim(shortId(event_id))}  ${read_at === null ? bold(text) : text}`;
        });
        const done = read && newest ? ', marked as read' : '';
        return [...lines, dim(`${list.unread_count} unread${done} · times in ${zone}`)];
      });
    });
}
