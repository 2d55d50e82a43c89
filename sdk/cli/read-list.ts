import type { Page, Pages } from '../index.js';
import type { Cli } from './cli.js';

const PAGE = 200;

/**
 * Reads a list up to its end, or its first items. Resolves to one page, as the API would return it: `next_cursor` says
 * where the rest begins, null when there is none.
 *
 * @param list the list in pages of that size
 */
export async function readList<P extends Page<unknown>>(
  cli: Cli,
  list: (limit: number) => Pages<P>,
  most = Infinity,
): Promise<P> {
  let answer: P | null = null;
  return cli.progress.during(async () => {
    for (;;) {
      const have: unknown[] = answer?.items ?? [];
      const limit = Math.min(PAGE, most - have.length);
      const page: P = await list(limit).page(answer?.next_cursor);
      answer = { ...page, items: [...have, ...page.items] };
      cli.progress.text = `Reading, ${answer.items.length} so far`;
      if (answer.next_cursor === null || answer.items.length >= most) return answer;
    }
  });
}
