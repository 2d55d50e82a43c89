import { once } from 'node:events';
import { WebSocket } from 'ws';
import { until } from './embedded-postgres-harness.js';
import type { ServerProcess } from './server-process.js';

/** Environment of a server whose memory can be looked at. */
export const INSPECTED = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

/**
 * What a server's process holds when all garbage is gone, asked over Node's inspector: without that, the figure says
 * more of when the collector last ran than of what is kept.
 */
export class ServerMemory {
  private asked = 0;

  private constructor(private readonly inspector: WebSocket) {}

  static async of(server: ServerProcess): Promise<ServerMemory> {
    const address = (): string | undefined => /Debugger listening on (ws:\S+)/.exec(server.output)?.[1];
    await until(() => address() !== undefined);
    const inspector = new WebSocket(address()!);
    await once(inspector, 'open');
    return new ServerMemory(inspector);
  }

  /** Bytes of the whole process, as the system counts them. */
  async measure(): Promise<number> {
    // The second finds what the first let go of.
    for (let times = 0; times < 2; times += 1) await this.ask('HeapProfiler.collectGarbage');
    return this.evaluate('process.memoryUsage.rss()');
  }

  /** Returns the value of an expression in the server. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result } = await this.ask('Runtime.evaluate', { expression, returnByValue: true });
    return (result as { value: T }).value;
  }

  close(): void {
    this.inspector.terminate();
  }

  private async ask(method: string, params: object = {}): Promise<Record<string, unknown>> {
    this.asked += 1;
    const id = this.asked;
    this.inspector.send(JSON.stringify({ id, method, params }));
    for (;;) {
      const [message] = (await once(this.inspector, 'message')) as [Buffer];
      const answer = JSON.parse(message.toString()) as { id?: number; result: Record<string, unknown> };
      if (answer.id === id) return answer.result;
    }
  }
}
