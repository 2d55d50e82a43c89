import { cp } from 'node:fs/promises';
import { ASSETS_FOLDER } from '../src/platform/docs/docs-assets.js';
import { copyVendored } from '../src/platform/docs/docs-vendor.js';

// Part of `npm run build`: what the built server reads besides its modules.

// Swagger UI and Redoc, so that the server needs neither package.
await copyVendored(ASSETS_FOLDER);

// Migrations read their SQL, and pages their styles, from the folder beside them.
for (const folder of ['migrations/baseline/', 'src/platform/docs/assets/']) {
  await cp(new URL(`../../${folder}`, import.meta.url), new URL(`../${folder}`, import.meta.url), { recursive: true });
}
