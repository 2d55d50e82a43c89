import { mkdir, writeFile } from 'node:fs/promises';
import { createApp } from '../src/create-app.js';
import { asyncApiDocument } from '../src/live/asyncapi-document.js';
import { readConfig } from '../src/platform/config/config.js';
import { guideFile } from '../src/platform/docs/guide.js';
import { guidePages } from '../src/platform/docs/guide-pages.js';
import { openApiFiles } from '../src/platform/openapi/openapi-files.js';
import { PREPARED_FOLDER } from '../src/platform/openapi/prepared.js';

// Part of `npm run build`: the documents that the built server serves as they are.
const config = readConfig({ JWT_SECRET: 'only for making the documents', LOG_LEVEL: 'error' });
const app = await createApp(config, { preview: true });
const files: Record<string, string> = { ...openApiFiles(app), 'asyncapi.json': JSON.stringify(asyncApiDocument(app)) };
await mkdir(PREPARED_FOLDER, { recursive: true });
// From the sources of the project: this runs in the folder of the build.
for (const [name, text] of Object.entries(await guidePages(new URL('../../docs/', import.meta.url))))
  files[guideFile(name)] = text;
for (const [name, text] of Object.entries(files)) await writeFile(new URL(name, PREPARED_FOLDER), text);
