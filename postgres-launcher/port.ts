import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { EmbeddedPostgresError } from './embedded-postgres.errors.js';

/**
 * Ports below the range from which systems take the ports of outgoing connections (32768 and up). Inside it, a pool
 * that redials a killed server can be given that very port as its own end, connect to itself and keep the server out.
 */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/**
 * Returns the remembered port if it is free on the loopback address, otherwise another free one.
 * @throws EmbeddedPostgresError when none of 50 random ports is free.
 */
export async function choosePort(remembered: number | undefined): Promise<number> {
  if (remembered && (await isFree(remembered))) return remembered;
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) return port;
  }
  throw new EmbeddedPostgresError(`No free port found between ${LOWEST} and ${HIGHEST}.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
