import { createClient } from '@hey-api/openapi-ts';
import type { OpenAPIObject } from '@nestjs/swagger';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { mapOperations } from '../src/platform/openapi/operations.js';
import { PREPARED_FOLDER } from '../src/platform/openapi/prepared.js';
import { STORY_FILES } from '../src/platform/openapi/story-files.js';

const SDK = 'sdk';
const DOCS = join('docs', 'api');
const DOCUMENT = 'openapi.json';
const LIVE_DOCUMENT = 'asyncapi.json';
const CLIENT = 'generated';
const STORY = Object.values(STORY_FILES);

/**
 * Writes the OpenAPI and AsyncAPI documents of the build, and the client made from them, to `sdk/`, and the files that tell
 * the story of the API to `docs/api/`. With `--check` it writes them elsewhere, and fails when what is committed differs.
 */
if (process.argv.includes('--check')) {
  const fresh = mkdtempSync(join(tmpdir(), 'convene-sdk-'));
  try {
    const freshStory = join(fresh, 'docs');
    mkdirSync(freshStory);
    await generate(fresh, freshStory);
    const stale = differences(fresh, freshStory);
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
  await generate(SDK, DOCS);
}

async function generate(folder: string, docs: string): Promise<void> {
  const copy = (file: string): object => {
    const content = JSON.parse(readFileSync(new URL(file, PREPARED_FOLDER), 'utf8')) as object;
    writeFileSync(join(folder, file), `${JSON.stringify(content, null, 2)}\n`);
    return content;
  };
  const document = copy(DOCUMENT) as OpenAPIObject;
  copy(LIVE_DOCUMENT);
  for (const name of STORY) copyFileSync(new URL(name, PREPARED_FOLDER), join(docs, name));
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

/** Committed files that are not what the build makes, or are missing, or should not be there. */
function differences(fresh: string, freshStory: string): string[] {
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
  const all = new Set([...files(SDK), ...files(fresh)]);
  return [
    ...[...all].filter((file) => read(SDK, file) !== read(fresh, file)).map((file) => join(SDK, file)),
    ...STORY.filter((file) => read(DOCS, file) !== read(freshStory, file)).map((file) => join(DOCS, file)),
  ].sort();
}
