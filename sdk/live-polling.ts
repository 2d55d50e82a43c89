import { isProblem } from './errors.js';
import type { ChangesView, NotificationsView } from './generated/types.gen.js';
import type { Http, Tokens } from './http.js';
import type { Attempt } from './live-transport.js';
import { sleep } from './retries.js';

const LIMIT = 200;

/**
 * Asks for what is new at intervals, where neither WebSocket nor a stream comes through.
 *
 * @param until when to end, in milliseconds since 1970: a better transport may work by then
 */
export async function openPolling(
  http: Http,
  tokens: Tokens,
  attempt: Attempt,
  everyMs: number,
  until: number,
): Promise<void> {
  const { signal } = attempt;
  const read = <T>(path: string, query: object): Promise<T> =>
    http.send<T>({ method: 'GET', path, query }, { signal, retries: 0 }, tokens);
  let { after } = attempt;
  if (after === null) {
    const { items } = await read<NotificationsView>('/api/notifications', { limit: 1 });
    after = items[0]?.seq ?? 0;
  }
  for (let isReady = false; !signal.aborted && Date.now() < until;) {
    let page: ChangesView;
    try {
      page = await read<ChangesView>('/api/changes', { after, limit: LIMIT });
    } catch (error) {
      if (!isProblem(error, 'resync')) throw error;
      page = { items: [], last_seq: error.after ?? 0, has_more: false };
      attempt.receive({ name: 'resync', data: { after: page.last_seq } });
    }
    attempt.alive();
    if (!isReady) attempt.receive({ name: 'ready', data: { user_id: '', seq: after } });
    isReady = true;
    for (const item of page.items) {
      // Numbers that are missing belong to events that you can no longer see.
      attempt.receive({ name: 'withheld', data: { seq: item.seq - 1 } });
      attempt.receive({ name: 'change', data: item });
    }
    attempt.receive({ name: 'withheld', data: { seq: page.last_seq } });
    after = page.last_seq;
    if (!page.has_more) await sleep(everyMs, signal);
  }
}
