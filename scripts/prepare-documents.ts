import { mkdir, writeFile } from 'node:fs/promises';
import { createApp } from '../src/create-app.js';
import { asyncApiDocument } from '../src/live/asyncapi-document.js';
import { readConfig } from '../src/platform/config/config.js';
import { openApiFiles } from '../src/platform/openapi/openapi-files.js';
import { PREPARED_FOLDER } from '../src/platform/openapi/prepared.js';

// Part of `npm run build`: the documents that the built server serves as they are.
const config = readConfig({ JWT_SECRET: 'only for making the documents', LOG_LEVEL: 'error' });
const app = await createApp(config, { preview: true });
const files = { ...openApiFiles(app), 'asyncapi.json': JSON.stringify(asyncApiDocument(app)) };
await mkdir(PREPARED_FOLDER, { recursive: true });
for (const [name, text] of Object.entries(files)) await writeFile(new URL(name, PREPARED_FOLDER), text);
