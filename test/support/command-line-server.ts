import { buildServer } from './build.js';
import { createDatabase, type TestDatabase } from './database.js';
import { ServerHome, type ServerProcess } from './server-process.js';

/** The built server on a database of its own, which may be stopped and started again at the same address. */
export class CommandLineServer {
  private constructor(
    private readonly home: ServerHome,
    readonly database: TestDatabase,
    private process: ServerProcess,
    readonly url: string,
    private readonly env: Record<string, string>,
  ) {}

  static async start(env: Record<string, string> = {}): Promise<CommandLineServer> {
    await buildServer();
    const [database, home] = [await createDatabase(), await ServerHome.create()];
    const own = {
      DATABASE_URL: database.url,
      JWT_SECRET: 'a secret of the command line tests',
      RATE_LIMITS: 'off',
      ...env,
    };
    const process = home.start(own);
    return new CommandLineServer(home, database, process, await process.url(), own);
  }

  async stop(): Promise<void> {
    await this.process.signal('SIGTERM');
  }

  async startAgain(): Promise<void> {
    this.process = this.home.start({ ...this.env, PORT: new URL(this.url).port });
    await this.process.url();
  }

  async dispose(): Promise<void> {
    await this.home.dispose();
    await this.database.drop();
  }
}
