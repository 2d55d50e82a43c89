import type { Worker } from 'node:worker_threads';
import type { Socket } from 'socket.io-client';
import type { Answered, Call } from './live-writer.js';
import { timeOfFamily, timeOfProcess } from './processor-time.js';

/** What sends frames in a burst, to whom. */
export interface Sender {
  call: Call;
  sockets: Socket[];
  /** Its process id. */
  server: number;
}

/** What one burst shows of a server. */
export interface Burst {
  framesPerSecond: number;
  /** Processor time in microseconds per frame: of the server, PostgreSQL, and the process with the clients. */
  server: number;
  postgres: number;
  clients: number;
}

/**
 * Sends changes one after another, each as soon as the one before is answered, and measures from the first request until
 * every client has the frame of every change.
 * @param postmaster the process id of PostgreSQL
 */
export async function measureBurst(
  writer: Worker,
  { call, sockets, server }: Sender,
  times: number,
  postmaster: number,
): Promise<Burst> {
  const frames = sockets.length * times;
  let left = frames;
  const readTimes = (): [number, number, number] => {
    const { user, system } = process.cpuUsage();
    return [timeOfProcess(server), timeOfFamily(postmaster), user + system];
  };
  const before = readTimes();
  const begin = performance.now();
  const all = new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${left} frames are missing`)), 60_000);
    const count = (): void => {
      left -= 1;
      if (left > 0) return;
      clearTimeout(late);
      resolve();
    };
    for (const socket of sockets) socket.on('change', count);
  });
  const answered = new Promise<Answered>((resolve) => writer.once('message', resolve));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port to a thread, not a window
  writer.postMessage({ ...call, times });
  const [{ status }] = await Promise.all([answered, all]);
  const seconds = (performance.now() - begin) / 1_000;
  const after = readTimes();
  for (const socket of sockets) socket.off('change');
  if (status !== 200) throw new Error(`${call.method} ${call.url}: ${status}`);
  const [ofServer, ofPostgres, ofClients] = after.map((time, index) => (time - before[index]!) / frames);
  return { framesPerSecond: frames / seconds, server: ofServer!, postgres: ofPostgres!, clients: ofClients! };
}
