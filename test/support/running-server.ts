import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildServer, SERVER_PROGRAM } from './build.js';

/** The server as its users run it: the built program in a process of its own, with the PostgreSQL that it brings. */
export interface RunningServer {
  url: string;
  pid: number;
  /** All that it has printed so far. */
  printed(): string;
  /** Ends it as a service manager does, removes its data, and answers with its exit code. */
  stop(): Promise<number | null>;
}

/** Starts the server on a free port with an empty data folder. */
export async function startServer(env: NodeJS.ProcessEnv = {}): Promise<RunningServer> {
  await buildServer();
  const folder = await mkdtemp(join(tmpdir(), 'convene-server-'));
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(process.execPath, [SERVER_PROGRAM], {
    // Not in the project's folder: a developer's own .env would be read.
    cwd: folder,
    env: { PATH, HOME, TMPDIR, DATA_DIR: join(folder, 'data'), PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ready = new Promise<string>((resolve, reject) => {
    const read = (text: string): void => {
      printed += text;
      const url = /Convene is ready at (http:\S+)/.exec(printed)?.[1];
      if (url) resolve(url);
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    void exited.then((code) => reject(new Error(`The server ended with ${code}:\n${printed}`)));
  });
  const stop = async (): Promise<number | null> => {
    const code = await end(child, exited);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    return code;
  };
  try {
    return { url: await ready, pid: child.pid!, printed: () => printed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function end(child: ChildProcess, exited: Promise<number | null>): Promise<number | null> {
  child.kill('SIGTERM');
  const cut = setTimeout(() => child.kill('SIGKILL'), 20_000);
  return exited.finally(() => clearTimeout(cut));
}
