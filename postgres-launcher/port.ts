import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { EmbeddedPostgresError } from './embedded-postgres.errors.js';

/**
 * Ports below the ephemeral range (32768 and up), from which the system takes the local ports of outgoing connections.
 * Within that range, a pool that reconnects to a killed server can get the server's port as its own local port, connect
 * to itself, and so keep the server from starting.
 */
const MIN_PORT = 20_000;
const MAX_PORT = 32_000;

/**
 * Returns the remembered port if it is free on the loopback address, otherwise another free one.
 * @throws EmbeddedPostgresError if none of 50 random ports is free.
 */
export async function choosePort(remembered: number | undefined): Promise<number> {
  if (remembered && (await isFree(remembered))) return remembered;
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = randomInt(MIN_PORT, MAX_PORT);
    if (await isFree(port)) return port;
  }
  throw new EmbeddedPostgresError(`No free port found between ${MIN_PORT} and ${MAX_PORT}.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
