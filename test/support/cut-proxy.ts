import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A network between a client and a server, which breaks when a test says so. */
export class CutProxy {
  /** How many connections were opened through it. */
  opened = 0;
  private readonly server = createServer((client) => this.pass(client));
  private readonly pairs = new Set<[Socket, Socket]>();
  private isDown = false;

  private constructor(private readonly target: URL) {}

  static async start(url: string): Promise<CutProxy> {
    const proxy = new CutProxy(new URL(url));
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Resets every connection. */
  cut(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  /** Nothing passes any more on the connections that are open now, and nobody is told. */
  freeze(): void {
    for (const [client, server] of this.pairs) {
      client.unpipe(server);
      server.unpipe(client);
    }
  }

  /** Cuts every connection and refuses new ones, until it is up again. */
  down(isDown: boolean): void {
    this.isDown = isDown;
    if (isDown) this.cut();
  }

  close(): void {
    this.server.close();
    this.cut();
  }

  private pass(client: Socket): void {
    if (this.isDown) return void client.resetAndDestroy();
    this.opened += 1;
    const server = connect({ host: this.target.hostname, port: Number(this.target.port) });
    const pair: [Socket, Socket] = [client, server];
    this.pairs.add(pair);
    for (const [socket, other] of [pair, [server, client] as const]) {
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.pairs.delete(pair);
        other.destroy();
      });
    }
    client.pipe(server);
    server.pipe(client);
  }
}
