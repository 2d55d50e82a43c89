import { Emitter } from './emitter.js';
import { ConveneError } from './errors.js';
import type { NotificationType } from './generated/types.gen.js';
import type { Http } from './http.js';
import { openPolling } from './live-polling.js';
import { openSse } from './live-sse.js';
import type { Frame, LiveTransport } from './live-transport.js';
import { openWebSocket, type WebSocketConstructor } from './live-web-socket.js';
import { backOff, sleep } from './retries.js';
import type { SessionKeeper } from './session.js';
import type { Change } from './types.js';

export interface LiveOptions {
  /** The transports to use, in this order. By default WebSocket, if there is one, then SSE, then polling. */
  transports?: LiveTransport[] | undefined;
  /** Such as that of the package `ws`, where there is no global `WebSocket`: before Node 22. */
  WebSocket?: WebSocketConstructor | undefined;
  /** Milliseconds without a sign of life after which a connection counts as dead: 60,000; servers send one every 25 s. */
  silence?: number | undefined;
  /** Milliseconds between two requests of polling: 5,000. */
  pollEvery?: number | undefined;
}

/**
 * `open`: changes arrive. `connecting`: they will, with all that happened meanwhile. `waiting`: for somebody to sign in, or
 * before the next attempt. `closed`: until you call `connect()`.
 */
export interface LiveState {
  state: 'connecting' | 'open' | 'waiting' | 'closed';
  transport: LiveTransport | null;
  /** Why it is not open: what the server or the connection said. */
  reason: string | null;
}

export type LiveEvents = Record<NotificationType, Change> & {
  /** Each change, of whatever type. */
  change: Change;
  /** Changes are missing that the server no longer has: reload what you show. */
  resync: { after: number };
  state: LiveState;
};

/** How often a transport may fail, although the server can be reached, before the next one is tried. */
const FAILURES = 2;
/** Milliseconds after which a better transport is tried again. */
const BETTER_AFTER_MS = 300_000;
/** Milliseconds in which a connection has to be ready. */
const OPEN_MS = 10_000;
/** After these the server does not want to be asked again at once, or at all. */
const WAITS: Record<string, number> = { replaced: Infinity, too_many_messages: 60_000 };

/**
 * Your changes as they happen, each once and in order, over one connection that is renewed as long as anybody listens. A
 * listener that is added opens it; when the last one is removed, it closes.
 */
export class Live {
  /** Number of the last change that arrived; null before the first connection. */
  seq: number | null = null;
  state: LiveState = { state: 'closed', transport: null, reason: null };
  private readonly events = new Emitter<LiveEvents>();
  private running: AbortController | null = null;
  private readonly ladder: LiveTransport[];
  private readonly WebSocket: WebSocketConstructor | undefined;
  private rung = 0;
  private failures = 0;
  private betterAt = 0;
  private wasOpen = false;

  constructor(
    private readonly http: Http,
    private readonly keeper: SessionKeeper,
    private readonly options: LiveOptions = {},
  ) {
    this.WebSocket = options.WebSocket ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
    const wanted = options.transports ?? ['web_socket', 'sse', 'polling'];
    this.ladder = wanted.filter((transport) => transport !== 'web_socket' || this.WebSocket);
  }

  /** Calls the listener for each change of that type, or for `change`, `resync` and `state`. Returns what removes it. */
  on<Name extends keyof LiveEvents>(name: Name, listener: (event: LiveEvents[Name]) => void): () => void {
    const remove = this.events.on(name, listener);
    this.start();
    return () => {
      remove();
      if (this.events.size === 0) this.close();
    };
  }

  /**
   * Resolves when the connection is open: what happens from now on arrives. Load what you show after that.
   *
   * @param options `after`: the `seq` of the last change that you have, to receive what came after it
   */
  async connect({
    after,
    signal,
  }: { after?: number | undefined; signal?: AbortSignal | undefined } = {}): Promise<void> {
    if (after !== undefined && after !== this.seq) {
      this.close();
      this.seq = after;
    }
    this.start();
    if (this.state.state === 'open') return;
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => finish(() => reject(signal!.reason as Error));
      const remove = this.events.on('state', ({ state, reason }) => {
        if (state === 'open') finish(resolve);
        if (state === 'closed') finish(() => reject(new Error(`The connection was closed: ${reason ?? 'by close()'}`)));
      });
      const finish = (then: () => void): void => {
        remove();
        signal?.removeEventListener('abort', stop);
        then();
      };
      signal?.addEventListener('abort', stop, { once: true });
      if (signal?.aborted) stop();
    });
  }

  /** Ends the connection. Listeners stay, for `connect()`, which then sends them what they missed. */
  close(): void {
    this.stop(null);
  }

  private start(): void {
    if (this.running) return;
    const running = new AbortController();
    this.running = running;
    void this.run(running.signal).catch((error: unknown) => {
      // Ended by `close`.
      if (!running.signal.aborted) this.stop(String(error));
    });
  }

  private stop(reason: string | null): void {
    if (!this.running) return;
    this.running.abort();
    this.running = null;
    this.show('closed', null, reason);
  }

  private show(state: LiveState['state'], transport: LiveTransport | null, reason: string | null): void {
    const before = this.state;
    if (before.state === state && before.transport === transport && before.reason === reason) return;
    this.state = { state, transport, reason };
    this.events.emit('state', this.state);
  }

  private async run(signal: AbortSignal): Promise<void> {
    let goesOn = false;
    for (let attempts = 0; !signal.aborted;) {
      const token = await this.keeper.token().catch(() => undefined);
      if (signal.aborted) return;
      if (token === null) {
        this.show('waiting', null, 'signed_out');
        await this.signedIn(signal);
        continue;
      }
      let reason = 'unreachable';
      let wasReady = false;
      let waitMs = 0;
      if (token !== undefined) {
        const transport = this.choose();
        if (!goesOn) this.show('connecting', transport, this.state.reason);
        ({ reason, wasReady, waitMs } = await this.attempt(transport, token, signal));
        if (signal.aborted) return;
        if (!wasReady) await this.stepDown(signal);
        if (reason === 'unauthenticated' || reason === 'session_ended')
          await this.keeper.renew(token).catch(() => null);
      }
      waitMs = Math.max(waitMs, WAITS[reason] ?? 0);
      if (waitMs === Infinity) return this.stop(reason);
      attempts = wasReady ? 0 : attempts + 1;
      // A stream that was renewed, or whose token expired, goes on at once.
      goesOn = wasReady && waitMs === 0 && ['ended', 'token_expired'].includes(reason);
      if (goesOn) continue;
      this.show('waiting', null, reason);
      await sleep(waitMs + backOff(attempts), signal);
    }
  }

  /** The transport to try: every now and then the best one again. */
  private choose(): LiveTransport {
    if (this.rung > 0 && Date.now() >= this.betterAt) this.rung = 0;
    return this.ladder[this.rung]!;
  }

  /** Goes to the next transport when this one fails again and again although the server can be reached. */
  private async stepDown(signal: AbortSignal): Promise<void> {
    if (this.rung === this.ladder.length - 1) return;
    const probe = this.http.send<unknown>({ method: 'GET', path: '/health/live' }, { signal, retries: 0 });
    const isReachable = await probe.then(
      () => true,
      (error: unknown) => error instanceof ConveneError,
    );
    // The server may have come back between the two, so that one such failure says nothing about the transport.
    this.failures = isReachable ? this.failures + 1 : 0;
    if (this.failures < FAILURES) return;
    this.failures = 0;
    this.rung += 1;
    this.betterAt = Date.now() + BETTER_AFTER_MS;
  }

  /** One connection, from its beginning to its end. Never throws. */
  private async attempt(
    transport: LiveTransport,
    token: string,
    signal: AbortSignal,
  ): Promise<{ reason: string; wasReady: boolean; waitMs: number }> {
    const { silence = 60_000, pollEvery = 5_000 } = this.options;
    const end = new AbortController();
    const abort = (): void => end.abort();
    signal.addEventListener('abort', abort, { once: true });
    const { events } = this.keeper;
    const leaving = [
      events.on('signed_out', abort),
      events.on('signed_in', () => {
        // Perhaps somebody else, whose stream has other numbers.
        this.seq = null;
        abort();
      }),
    ];
    const outcome = { reason: 'ended', wasReady: false, waitMs: 0 };
    let watch: ReturnType<typeof setTimeout> | undefined;
    const watchFor = (ms: number): void => {
      clearTimeout(watch);
      watch = setTimeout(() => {
        outcome.reason = 'silent';
        end.abort();
      }, ms);
    };
    watchFor(OPEN_MS);
    const attempt = {
      after: this.seq,
      token,
      signal: end.signal,
      alive: () => outcome.wasReady && watchFor(Math.max(silence, transport === 'polling' ? pollEvery * 2 : 0)),
      receive: (frame: Frame): boolean => {
        if (end.signal.aborted) return false;
        if (frame.name === 'session_ended') outcome.reason = frame.data.reason;
        if (frame.name === 'ready') {
          outcome.wasReady = true;
          this.failures = 0;
          attempt.alive();
        }
        const isComplete = this.receive(frame, transport);
        if (!isComplete) outcome.reason = 'incomplete';
        return isComplete;
      },
    };
    try {
      if (transport === 'polling') {
        const until = this.rung > 0 ? this.betterAt : Infinity;
        await openPolling(this.http, this.keeper, attempt, pollEvery, until);
      } else if (transport === 'sse') await openSse(this.http, attempt);
      else {
        const { http, keeper } = this;
        await openWebSocket(this.WebSocket!, http.baseUrl, attempt, () => keeper.renewIn(), () => keeper.token()); // prettier-ignore
      }
    } catch (error) {
      if (error instanceof ConveneError) {
        outcome.reason = error.code;
        outcome.waitMs = (error.retryAfter ?? 0) * 1_000;
      } else if (!end.signal.aborted) outcome.reason = 'failed';
    } finally {
      clearTimeout(watch);
      end.abort();
      for (const remove of leaving) remove();
      signal.removeEventListener('abort', abort);
    }
    return outcome;
  }

  /** Takes a frame in. Returns false when others are missing before it. */
  private receive({ name, data }: Frame, transport: LiveTransport): boolean {
    switch (name) {
      case 'ready':
        // Somebody signed in again: what happened meanwhile is unknown.
        if (this.seq === null && this.wasOpen) this.events.emit('resync', { after: data.seq });
        this.seq ??= data.seq;
        this.wasOpen = true;
        this.show('open', transport, null);
        return true;
      case 'change':
        if (data.seq <= this.seq!) return true;
        if (data.seq > this.seq! + 1) return false;
        this.seq = data.seq;
        this.events.emit(data.type, data);
        this.events.emit('change', data);
        return true;
      case 'withheld':
        this.seq = Math.max(this.seq ?? 0, data.seq);
        return true;
      case 'pulse':
        return data.seq <= this.seq!;
      case 'resync':
        this.seq = data.after;
        this.events.emit('resync', data);
        return true;
      default:
        return true;
    }
  }

  /** Resolves when somebody has signed in. Their stream has other numbers. */
  private signedIn(signal: AbortSignal): Promise<void> {
    if (this.wasOpen) this.seq = null;
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        remove();
        signal.removeEventListener('abort', finish);
        if (signal.aborted) reject(signal.reason as Error);
        else resolve();
      };
      const remove = this.keeper.events.on('signed_in', finish);
      signal.addEventListener('abort', finish, { once: true });
      // It may have happened just before.
      void this.keeper.current().then((session) => session && finish(), finish);
    });
  }
}
