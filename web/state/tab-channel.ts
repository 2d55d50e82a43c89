import type { Change as LiveItem } from '../../sdk/index.js';

/** What the tabs of one person say to each other. */
export type TabMessage =
  | { kind: 'change'; item: LiveItem }
  | { kind: 'resync'; after: number }
  | { kind: 'state'; open: boolean; seq: number | null }
  /** A new tab asks for the state. */
  | { kind: 'hello' }
  /** Something was marked as read. */
  | { kind: 'inbox' }
  /** The edits that are not sent have changed. */
  | { kind: 'outbox' };

let channel: BroadcastChannel | null = null;
const listeners = new Set<(message: TabMessage) => void>();

export function openChannel(userId: string): () => void {
  channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(`convene.${userId}`) : null;
  channel?.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
    for (const listener of [...listeners]) listener(data);
  });
  return () => {
    channel?.close();
    channel = null;
    listeners.clear();
  };
}

/** To the other tabs, not to this one. */
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is of one origin
export const tellTabs = (message: TabMessage): void => channel?.postMessage(message);

export function onTabs(listener: (message: TabMessage) => void): void {
  listeners.add(listener);
}

/** Runs the work in one tab at a time. Where the page has no locks, as without HTTPS, tabs do not wait for each other. */
export const alone = <Result>(name: string, work: () => Promise<Result>): Promise<Result> =>
  'locks' in navigator ? navigator.locks.request(name, work) : work();
