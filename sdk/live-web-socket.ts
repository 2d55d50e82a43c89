import type { Attempt, Frame } from './live-transport.js';

/** That of browsers, of Node 22, or of the package `ws`. */
export type WebSocketConstructor = new (url: string) => { send(text: string): void; close(): void };
type WebSocketLike = InstanceType<WebSocketConstructor> & {
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: { data: string }) => void): void;
};

/** Milliseconds until the token has to be renewed; null when that is not known. */
export type RenewIn = () => number | null;

/** Opens a plain WebSocket. The token goes into the first message, and a new one into a message before it expires. */
export function openWebSocket(
  WebSocket: WebSocketConstructor,
  baseUrl: string,
  attempt: Attempt,
  renewIn: RenewIn,
  freshToken: () => Promise<string | null>,
): Promise<void> {
  const { after, token, signal } = attempt;
  const page = (globalThis as { location?: { href: string } }).location?.href;
  const url = new URL(`${baseUrl}/ws/notifications`, page);
  url.protocol = url.protocol.replace('http', 'ws');
  const socket = new WebSocket(url.href) as WebSocketLike;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const say = (message: object): void => socket.send(JSON.stringify({ type: 'authenticate', ...message }));
  const renewLater = (): void => {
    const wait = renewIn();
    if (wait === null) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      // If it cannot be renewed, the server ends the connection with the token.
      void freshToken().then(
        (token) => signal.aborted || token === null || say({ token }),
        () => undefined,
      );
    }, wait);
  };
  return new Promise<void>((resolve, reject) => {
    const end = (): void => resolve();
    signal.addEventListener('abort', end, { once: true });
    socket.addEventListener('open', () => say({ token, ...(after === null ? {} : { after }) }));
    socket.addEventListener('message', ({ data }) => {
      if (signal.aborted) return;
      attempt.alive();
      const frame = toFrame(data);
      if (frame?.name === 'ready' || frame === null) renewLater();
      if (frame && !attempt.receive(frame)) resolve();
    });
    socket.addEventListener('close', end);
    // `close` follows, but only once the handshake was tried to the end.
    socket.addEventListener('error', () => reject(new Error('The WebSocket failed')));
  }).finally(() => {
    clearTimeout(timer);
    socket.close();
  });
}

/** Null for an acknowledgement. A change is the bare item, whose `type` says what happened. */
function toFrame(text: string): Frame | null {
  const { type, ...data } = JSON.parse(text) as { type: string; event_id?: string };
  if (type === 'acknowledged') return null;
  return (data.event_id === undefined ? { name: type, data } : { name: 'change', data: { type, ...data } }) as Frame;
}
