import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A proxy before PostgreSQL that can hold back the answer to a statement, or all on new connections, as a slow network would. */
export class HeldAnswers {
  private text: string | null = null;
  private held: { client: Socket; chunks: Buffer[] } | null = null;
  private onHeld = (): void => undefined;
  /** By how many milliseconds each part of an answer is late on connections from now on; `Infinity` for never. */
  delay = 0;
  /** Whether connections are closed at once from now on. */
  isFull = false;
  /** How many connections with late answers, or with none, have ended. */
  delayedEnds = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    server.on('connection', (client) => this.serve(client));
  }

  static async before(databaseUrl: string): Promise<HeldAnswers> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new HeldAnswers(server, new URL(databaseUrl));
  }

  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return url.href;
  }

  /** Holds back the answer to the next statement that contains the text. Returns when there is one. */
  hold(text: string): Promise<void> {
    this.text = text;
    return new Promise((resolve) => (this.onHeld = resolve));
  }

  release(): void {
    const { held } = this;
    this.held = null;
    for (const chunk of held?.chunks ?? []) held!.client.write(chunk);
  }

  /** Breaks the connection whose answer is held back, which is lost. */
  drop(): void {
    this.held!.client.destroy();
    this.held = null;
  }

  close(): void {
    this.server.close();
  }

  private serve(client: Socket): void {
    if (this.isFull) {
      this.delayedEnds += 1;
      return void client.resetAndDestroy();
    }
    const database = connect(Number(this.target.port || 5432), this.target.hostname);
    const { delay } = this;
    if (delay > 0) client.on('close', () => (this.delayedEnds += 1));
    client.on('data', (chunk: Buffer) => {
      if (this.text !== null && chunk.includes(this.text)) {
        this.text = null;
        this.held = { client, chunks: [] };
        this.onHeld();
      }
      database.write(chunk);
    });
    database.on('data', (chunk: Buffer) => {
      if (this.held?.client === client) this.held.chunks.push(chunk);
      else if (delay === 0) client.write(chunk);
      else if (delay !== Infinity) setTimeout(() => client.write(chunk), delay);
    });
    for (const [one, other] of [
      [client, database],
      [database, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  }
}
