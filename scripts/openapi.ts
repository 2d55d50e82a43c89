import { createClient } from '@hey-api/openapi-ts';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createApp } from '../src/create-app.js';
import { readConfig } from '../src/platform/config/config.js';
import { startTemporaryPostgres } from '../src/platform/database/embedded/temporary-postgres.js';
import { migrate } from '../src/platform/database/migrate.js';
import { openApiDocument } from '../src/platform/openapi/openapi-document.js';

const SDK = 'sdk';
const DOCUMENT = 'openapi.json';
const CLIENT = 'generated';

/**
 * Writes the OpenAPI document and the client made from it to `sdk/`. With `--check` it makes both elsewhere, and fails
 * when what is committed differs.
 */
if (process.argv.includes('--check')) {
  const fresh = mkdtempSync(join(tmpdir(), 'convene-sdk-'));
  try {
    await generate(fresh);
    const stale = differences(SDK, fresh);
    if (stale.length > 0) {
      console.error(`Not what the code makes; run \`npm run openapi\` and commit:\n  ${stale.join('\n  ')}`);
      process.exitCode = 1;
    } else {
      console.log('The OpenAPI document and the client are what the code makes.');
    }
  } finally {
    rmSync(fresh, { recursive: true });
  }
} else {
  await generate(SDK);
}

async function generate(folder: string): Promise<void> {
  writeFileSync(join(folder, DOCUMENT), `${JSON.stringify(await makeDocument(), null, 2)}\n`);
  // The rest is in openapi-ts.config.ts.
  const at = (name: string): string => resolve(folder, name);
  await createClient({ input: at(DOCUMENT), output: { path: at(CLIENT) }, logs: { level: 'silent' } });
}

async function makeDocument(): Promise<object> {
  const postgres = await startTemporaryPostgres();
  try {
    await migrate(postgres.url);
    const secret = 'only for making the document';
    const app = await createApp(readConfig({ DATABASE_URL: postgres.url, JWT_SECRET: secret, LOG_LEVEL: 'error' }));
    const document = openApiDocument(app);
    await app.close();
    return document;
  } finally {
    await postgres.stop();
  }
}

/** Files that one folder has and the other has not, or has otherwise. */
function differences(committed: string, fresh: string): string[] {
  const files = (folder: string): string[] => [
    DOCUMENT,
    ...readdirSync(join(folder, CLIENT), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)),
  ];
  const read = (folder: string, file: string): string | null => {
    try {
      return readFileSync(join(folder, file), 'utf8');
    } catch {
      return null;
    }
  };
  const all = new Set([...files(committed), ...files(fresh)]);
  return [...all].filter((file) => read(committed, file) !== read(fresh, file)).sort();
}
