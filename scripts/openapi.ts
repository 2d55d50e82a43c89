import { createClient } from '@hey-api/openapi-ts';
import type { OpenAPIObject } from '@nestjs/swagger';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { mapOperations } from '../src/platform/openapi/operations.js';
import { PREPARED_FOLDER } from '../src/platform/openapi/prepared.js';

const SDK = 'sdk';
const DOCUMENT = 'openapi.json';
const LIVE_DOCUMENT = 'asyncapi.json';
const CLIENT = 'generated';

/**
 * Writes the OpenAPI and AsyncAPI documents of the build, and the client made from them, to `sdk/`. With `--check` it
 * writes them elsewhere, and fails when what is committed differs.
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
      console.log('The documents and the client are what the code makes.');
    }
  } finally {
    rmSync(fresh, { recursive: true });
  }
} else {
  await generate(SDK);
}

async function generate(folder: string): Promise<void> {
  const copy = (file: string): object => {
    const content = JSON.parse(readFileSync(new URL(file, PREPARED_FOLDER), 'utf8')) as object;
    writeFileSync(join(folder, file), `${JSON.stringify(content, null, 2)}\n`);
    return content;
  };
  const document = copy(DOCUMENT) as OpenAPIObject;
  copy(LIVE_DOCUMENT);
  // The rest is in openapi-ts.config.ts.
  await createClient({
    input: withoutDryRuns(document) as never,
    output: { path: resolve(folder, CLIENT) },
    logs: { level: 'silent' },
  });
}

/** The document as the client is made from it. There a dry run is a call of its own: `sdk/dry-run.ts`. */
function withoutDryRuns(document: OpenAPIObject): OpenAPIObject {
  return mapOperations(document, (operation) => {
    const { parameters = [] } = operation;
    return { ...operation, parameters: parameters.filter(({ name }) => name !== 'dry_run') };
  });
}

/** Files that one folder has and the other has not, or has otherwise. */
function differences(committed: string, fresh: string): string[] {
  const files = (folder: string): string[] => [
    DOCUMENT,
    LIVE_DOCUMENT,
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
