import { writeFileSync } from 'node:fs';
import { createApp } from '../src/create-app.js';
import { readConfig } from '../src/platform/config/config.js';
import { startTemporaryPostgres } from '../src/platform/database/embedded/temporary-postgres.js';
import { migrate } from '../src/platform/database/migrate.js';
import { openApiDocument } from '../src/platform/openapi/openapi-document.js';

/** Writes the OpenAPI document to the file named on the command line. */
const file = process.argv[2] ?? 'sdk/openapi.json';
const postgres = await startTemporaryPostgres();
try {
  await migrate(postgres.url);
  const config = readConfig({
    DATABASE_URL: postgres.url,
    JWT_SECRET: 'only for making the document',
    LOG_LEVEL: 'error',
  });
  const app = await createApp(config);
  writeFileSync(file, `${JSON.stringify(openApiDocument(app), null, 2)}\n`);
  await app.close();
} finally {
  await postgres.stop();
}
