import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SentRequest {
  method: string;
  path: string;
  token?: string;
  body?: object;
}

/** Sends one request over a connection of its own. Resolves to its status, or to the code of the error without one. */
export function sendFresh(url: string, { method, path, token, body }: SentRequest): Promise<number | string> {
  return new Promise((resolve) => {
    const headers = {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
      // The server decides whether the connection is kept.
      connection: 'keep-alive',
    };
    const sent = request(new URL(path, url), { method, headers, agent: false }, (response) => {
      response.on('end', () => resolve(response.statusCode!));
      response.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      response.resume();
    });
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    sent.end(body ? JSON.stringify(body) : undefined);
  });
}

/** Requests at a steady rate, each over a connection of its own, whether or not the ones before are answered. */
export class FreshRequests {
  readonly results: (number | string)[] = [];
  private readonly pending = new Set<Promise<void>>();
  private readonly sending: Promise<void>;
  private stopped = false;

  constructor(url: string, perSecond: number, next: (index: number) => SentRequest) {
    this.sending = (async () => {
      const began = performance.now();
      for (let index = 0; !this.stopped; index += 1) {
        const waiting = this.send(url, next(index)).finally(() => this.pending.delete(waiting));
        this.pending.add(waiting);
        await sleep(Math.max(0, began + ((index + 1) * 1_000) / perSecond - performance.now()));
      }
    })();
  }

  private async send(url: string, request: SentRequest): Promise<void> {
    this.results.push(await sendFresh(url, request));
  }

  /** Resolves once that many more requests have ended. */
  async more(count: number): Promise<void> {
    const goal = this.results.length + count;
    while (this.results.length < goal) await sleep(5);
  }

  /** Sends no more, and resolves to how often each result occurred once all requests have ended. */
  async stop(): Promise<Record<string, number>> {
    this.stopped = true;
    await this.sending;
    await Promise.all(this.pending);
    const counts: Record<string, number> = {};
    for (const result of this.results) counts[result] = (counts[result] ?? 0) + 1;
    return counts;
  }
}
