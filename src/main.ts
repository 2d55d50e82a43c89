import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../postgres-launcher/index.js';
import { createApp } from './create-app.js';
import { Config, ConfigError, readConfig, withSigningSecret } from './platform/config/config.js';
import { migrate } from './platform/database/migrate.js';
import { Drain } from './platform/http/drain.js';
import { removeServerAddress, writeServerAddress } from './platform/config/server-address.js';
import { whyNotStarted } from './start-problem.js';

/** How long the embedded database of a server that could not start has to stop. */
const FAILED_START_SECONDS = 10;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

let app: NestFastifyApplication | undefined;
let embedded: EmbeddedPostgres | undefined;
let removeAddress = (): void => undefined;

async function start(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  let config = withSigningSecret(readConfig(process.env));
  if (!config.values.databaseUrl) {
    embedded = await startEmbeddedPostgres({ ...config.embeddedPostgres, log: say });
    config = config.with({ databaseUrl: embedded.url });
  }
  await migrate(config.databaseUrl, { warn: say });

  app = await createApp(config);
  await listen(app, config);
  const url = await app.getUrl();
  if (embedded) {
    const { dataDir } = config.embeddedPostgres;
    writeServerAddress(dataDir, url);
    removeAddress = () => removeServerAddress(dataDir, url);
  }
  say(`Convene is ready at ${url}
  Dashboard       ${url}/
  Guide           ${url}/guide
  API reference   ${url}/docs (Swagger UI), ${url}/redoc, ${url}/docs/realtime
  OpenAPI         ${url}/openapi.json, ${url}/asyncapi.json
  Health          ${url}/health/ready
  Data            ${embedded ? config.embeddedPostgres.dataDir : 'the database of DATABASE_URL'}
  Mails           ${describeMails(config)}`);
  if (isVerbose(config)) say('One line of JSON per request follows; LOG_LEVEL=warn shows only what is wrong.');
}

/** Where mails go: without a mail server somebody has to look for the link in them. */
function describeMails({ values: { mail, smtpUrl, dataDir } }: Config): string {
  if (!mail) return 'none: MAIL is off';
  return smtpUrl === null ? `files in ${resolve(dataDir, 'outbox')}` : 'sent by the server of SMTP_URL';
}

const isVerbose = ({ values: { logLevel } }: Config): boolean => logLevel === 'info' || logLevel === 'debug';

async function listen(server: NestFastifyApplication, { values: { port, host } }: Config): Promise<void> {
  try {
    await server.listen(port, host);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new ConfigError([`PORT: ${port} on ${host} is used by another program`]);
    if (code === 'EACCES') throw new ConfigError([`PORT: ${port} on ${host} may not be used by this account`]);
    if (code === 'EADDRNOTAVAIL') throw new ConfigError([`HOST: ${host} is no address of this machine`]);
    throw error;
  }
}

const cut = new AbortController();

/**
 * The server leaves, requests in flight finish, then the database goes; whatever still hangs after a while is cut.
 * @param delaySeconds how long the server first accepts connections as before
 */
async function stop(delaySeconds = 0): Promise<void> {
  if (delaySeconds > 0) await app?.get(Drain).announce(delaySeconds * 1_000, cut.signal);
  const seconds = app?.get(Config).values.shutdownSeconds ?? FAILED_START_SECONDS;
  setTimeout(() => process.exit(1), seconds * 1_000).unref();
  removeAddress();
  await app?.close();
  await embedded?.stop();
}

const started = start().catch(async (error: unknown) => {
  complain(whyNotStarted(error));
  await stop().catch(() => undefined);
  process.exit(1);
});

/** Nobody sends requests through a load balancer to a server that is stopped with Ctrl+C. */
const delayAfter = (signal: NodeJS.Signals): number =>
  signal === 'SIGTERM' ? (app?.get(Config).values.shutdownDelaySeconds ?? 0) : 0;

let stopping: Promise<void> | undefined;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) {
      // npm forwards a SIGTERM that its process group receives as well, so a second one means nothing.
      if (signal === 'SIGINT') cut.abort();
      return;
    }
    stopping = started
      .then(() => stop(delayAfter(signal)))
      .then(
        () => process.exit(0),
        (error: unknown) => {
          complain(whyNotStarted(error));
          process.exit(1);
        },
      );
  });
}
