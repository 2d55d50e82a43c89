import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const CHECK_MS = 50;

/**
 * A load balancer that passes connections on, in turn, to the servers that are ready. It knows that a server is not ready
 * from `/health/ready`, and only tries another server when the first one refuses the connection: what was sent once is
 * never repeated, and a connection that a server resets is a failure that the client sees.
 */
export class LoadBalancer {
  /** How many connections went to each server. */
  readonly passed = new Map<string, number>();
  private readonly proxy = createServer({ allowHalfOpen: true }, (client) => this.pass(client));
  private readonly ready = new Map<string, boolean>();
  private readonly sockets = new Set<Socket>();
  private turn = 0;
  private open = true;

  private constructor() {}

  static async start(): Promise<LoadBalancer> {
    const balancer = new LoadBalancer();
    await new Promise<void>((resolve) => balancer.proxy.listen(0, '127.0.0.1', resolve));
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.proxy.address() as AddressInfo).port}`;
  }

  /** Adds a server that is ready. */
  add(url: string): void {
    this.ready.set(url, true);
    void this.watch(url);
  }

  /** Resolves once the server is known to be not ready. */
  async left(url: string): Promise<void> {
    while (this.ready.get(url)) await sleep(5);
  }

  close(): void {
    this.open = false;
    this.proxy.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private async watch(url: string): Promise<void> {
    while (this.open) {
      const response = await fetch(`${url}/health/ready`, { headers: { connection: 'close' } }).catch(() => null);
      await response?.arrayBuffer();
      this.ready.set(url, response?.ok ?? false);
      await sleep(CHECK_MS);
    }
  }

  private pass(client: Socket): void {
    const known = [...this.ready].filter(([, ready]) => ready).map(([url]) => url);
    this.turn += 1;
    this.passTo(client, [...known.slice(this.turn % known.length), ...known.slice(0, this.turn % known.length)]);
  }

  private passTo(client: Socket, [url, ...others]: string[]): void {
    if (!url) return void client.resetAndDestroy();
    const { hostname, port } = new URL(url);
    const server = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    let established = false;
    server.on('error', () => {
      if (established) client.resetAndDestroy();
      else this.passTo(client, others);
    });
    server.once('connect', () => {
      established = true;
      this.passed.set(url, (this.passed.get(url) ?? 0) + 1);
      for (const socket of [client, server]) {
        this.sockets.add(socket);
        socket.once('close', () => this.sockets.delete(socket));
      }
      client.on('error', () => server.destroy());
      client.pipe(server);
      server.pipe(client);
    });
  }
}
