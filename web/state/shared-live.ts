import type { Change as LiveItem } from '../../sdk/index.js';
import { live } from '../api.js';
import { alone, onTabs, openChannel, tellTabs } from './tab-channel.js';

interface Listeners {
  change: (item: LiveItem) => void;
  resync: () => void;
  state: (open: boolean) => void;
}

/**
 * One tab of a person holds the connection and passes on what arrives. When it closes, the next one connects from the
 * last number that it received, so that nothing is lost in between. Returns how to stop.
 */
export function shareConnection(userId: string, listeners: Listeners): () => void {
  const closeChannel = openChannel(userId);
  const stopped = new AbortController();
  let seq: number | null = null;
  let isLeader = false;
  let isOpen = false;

  const receive = (item: LiveItem): void => {
    // The number of a later connection goes on from the earlier one.
    if (seq !== null && item.seq <= seq) return;
    seq = item.seq;
    listeners.change(item);
  };
  const show = (open: boolean): void => {
    isOpen = open;
    listeners.state(open);
  };

  onTabs((message) => {
    if (message.kind === 'hello') {
      if (isLeader) tellTabs({ kind: 'state', open: isOpen, seq: live.seq });
    } else if (isLeader) return;
    else if (message.kind === 'change') receive(message.item);
    else if (message.kind === 'resync') {
      seq = message.after;
      listeners.resync();
    } else if (message.kind === 'state') {
      const missed = seq !== null && message.seq !== null && message.seq > seq;
      seq = message.seq ?? seq;
      show(message.open);
      if (missed) listeners.resync();
    }
  });
  tellTabs({ kind: 'hello' });

  const lead = async (): Promise<void> => {
    if (stopped.signal.aborted) return;
    isLeader = true;
    if (seq !== null) void live.connect({ after: seq, signal: stopped.signal }).catch(() => undefined);
    const stops = [
      live.on('change', (item) => {
        tellTabs({ kind: 'change', item });
        receive(item);
      }),
      live.on('resync', ({ after }) => {
        seq = after;
        tellTabs({ kind: 'resync', after });
        listeners.resync();
      }),
      live.on('state', ({ state }) => {
        seq = live.seq ?? seq;
        tellTabs({ kind: 'state', open: state === 'open', seq: live.seq });
        show(state === 'open');
      }),
    ];
    await new Promise<void>((resolve) => stopped.signal.addEventListener('abort', () => resolve(), { once: true }));
    for (const stop of stops) stop();
  };
  void alone(`convene.live.${userId}`, lead);
  return () => {
    stopped.abort();
    closeChannel();
  };
}
