import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { WebSocket } from 'ws';

/** Start a server with these variables to profile it. */
export const INSPECTED = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

/** Records a processor profile of a server while `work` runs, and writes it to a file for the DevTools of a browser. */
export async function profile(output: string, file: string, work: () => Promise<void>): Promise<void> {
  const inspector = await inspect(output);
  await call(inspector, 'Profiler.enable');
  await call(inspector, 'Profiler.start');
  await work();
  const { profile: recorded } = await call(inspector, 'Profiler.stop');
  inspector.terminate();
  await writeFile(file, JSON.stringify(recorded));
}

/** Makes a server free the memory that it needs no more. */
export async function collectGarbage(output: string): Promise<void> {
  const inspector = await inspect(output);
  await call(inspector, 'HeapProfiler.collectGarbage');
  inspector.terminate();
}

/** @param output the file with the output of the server */
async function inspect(output: string): Promise<WebSocket> {
  const address = /Debugger listening on (ws:\S+)/.exec(await readFile(output, 'utf8'))![1]!;
  const inspector = new WebSocket(address, { maxPayload: 2 ** 30 });
  await once(inspector, 'open');
  return inspector;
}

async function call(inspector: WebSocket, method: string): Promise<{ profile?: object }> {
  const answered = once(inspector, 'message') as Promise<[Buffer]>;
  inspector.send(JSON.stringify({ id: 1, method }));
  const [message] = await answered;
  return (JSON.parse(message.toString()) as { result: { profile?: object } }).result;
}
