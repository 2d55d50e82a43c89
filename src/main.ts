import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createApp } from './create-app.js';
import { ConfigError, readConfig, withSigningSecret } from './platform/config/config.js';
import { startEmbeddedPostgres } from './platform/database/embedded/embedded-postgres.js';
import { migrate } from './platform/database/migrate.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  let config = withSigningSecret(readConfig(process.env));

  const embedded = config.values.databaseUrl
    ? null
    : await startEmbeddedPostgres({ dataDir: resolve(config.values.dataDir), log: say });
  if (embedded) config = config.with({ databaseUrl: embedded.url });
  await migrate(config.databaseUrl);

  const app = await createApp(config);
  await app.listen(config.values.port, config.values.host);
  const url = await app.getUrl();
  say(`Convene is ready at ${url}
  API reference   ${url}/docs (Swagger UI), ${url}/redoc
  OpenAPI         ${url}/openapi.json
  Health          ${url}/health/ready`);

  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    // Requests in flight finish; whatever still hangs after that is cut.
    setTimeout(() => process.exit(1), 10_000).unref();
    app
      .close()
      .then(() => embedded?.stop())
      .then(() => process.exit(0))
      .catch((error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  const text = error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
