import type { NotificationView } from '../sdk/index.js';
import { accessToken } from './api.js';

export type LiveItem = NotificationView;

interface Handlers {
  change: (item: LiveItem) => void;
  /** The stream begins anew: reload what is shown. */
  resync: () => void;
  state: (state: 'live' | 'reconnecting') => void;
  /** The session ended: sign in again. */
  ended: () => void;
}

type Frame = { type: string } & Record<string, never>;

const QUIET_MS = 35_000;
const LONGEST_PAUSE_MS = 15_000;

/**
 * One connection to the stream of changes, opened again whenever it closes, from the last `seq`. `connect` returns a
 * function that closes it for good.
 */
export function connect(handlers: Handlers, after?: number): () => void {
  let seq = after;
  let socket: WebSocket | null = null;
  let failures = 0;
  let closed = false;
  let quiet: ReturnType<typeof setTimeout> | undefined;
  let next: ReturnType<typeof setTimeout> | undefined;

  const watch = (): void => {
    clearTimeout(quiet);
    quiet = setTimeout(() => socket?.close(), QUIET_MS);
  };

  const open = async (): Promise<void> => {
    let token: string;
    try {
      token = await accessToken();
    } catch {
      return again();
    }
    if (closed) return;
    if (!token) return handlers.ended();
    const address = new URL(`/ws/notifications${seq === undefined ? '' : `?after=${seq}`}`, location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    const opened = new WebSocket(address, ['bearer', token]);
    socket = opened;
    opened.addEventListener('open', watch);
    opened.addEventListener('message', ({ data }) => {
      watch();
      read(JSON.parse(data as string) as Frame);
    });
    opened.addEventListener('close', ({ code }) => {
      clearTimeout(quiet);
      if (closed || socket !== opened) return;
      handlers.state('reconnecting');
      again(code === 4410);
    });
  };

  const again = (replaced = false): void => {
    if (closed) return;
    const pause = Math.min(LONGEST_PAUSE_MS, 250 * 2 ** failures) * (0.75 + Math.random() / 2);
    failures += 1;
    clearTimeout(next);
    next = setTimeout(() => void open(), replaced ? 60_000 : pause);
  };

  const read = (frame: Frame): void => {
    if (frame.type === 'ready') {
      failures = 0;
      seq ??= Number(frame.seq);
      handlers.state('live');
    } else if (frame.type === 'resync') {
      seq = Number(frame.after);
      handlers.resync();
    } else if (frame.type === 'withheld') {
      seq = Math.max(seq ?? 0, Number(frame.seq));
      handlers.resync();
    } else if (frame.type === 'pulse') {
      if (Number(frame.seq) > (seq ?? 0)) socket?.send(JSON.stringify({ type: 'resume', after: seq ?? 0 }));
    } else if ('event_id' in frame) {
      const item = frame as unknown as LiveItem;
      if (item.seq <= (seq ?? 0)) return;
      seq = item.seq;
      handlers.change(item);
    }
  };

  const wake = (): void => {
    if (closed || socket?.readyState === WebSocket.OPEN || socket?.readyState === WebSocket.CONNECTING) return;
    failures = 0;
    clearTimeout(next);
    void open();
  };
  const lost = (): void => socket?.close();
  addEventListener('online', wake);
  addEventListener('offline', lost);
  void open();
  return () => {
    closed = true;
    clearTimeout(quiet);
    clearTimeout(next);
    removeEventListener('online', wake);
    removeEventListener('offline', lost);
    socket?.close();
  };
}
