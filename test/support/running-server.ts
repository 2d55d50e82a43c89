import { buildServer } from './build.js';
import { ServerHome } from './server-process.js';

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
export async function startServer(env: Record<string, string> = {}): Promise<RunningServer> {
  await buildServer();
  const home = await ServerHome.create();
  const server = home.start({ LOG_LEVEL: 'info', ...env });
  const stop = async (): Promise<number | null> => {
    const { code } = await server.signal('SIGTERM');
    await home.dispose();
    return code;
  };
  try {
    return { url: await server.url(), pid: server.pid, printed: () => server.output, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts the server on a database that outlives it: after a kill, another one goes on with the same secret. */
export const startServerOn = ({ url }: { url: string }): Promise<RunningServer> =>
  startServer({
    DATABASE_URL: url,
    JWT_SECRET: 'the same secret before and after the kill',
    LOG_LEVEL: 'error',
  });
