import { ASSETS_FOLDER } from '../src/platform/docs/docs-assets.js';
import { copyVendored } from '../src/platform/docs/docs-vendor.js';

/** Puts Swagger UI and Redoc beside the built server, which then needs neither package. Run by `npm run build`. */
await copyVendored(ASSETS_FOLDER);
