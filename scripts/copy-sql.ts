import { cp } from 'node:fs/promises';

/** Part of `npm run build`: migrations read their SQL files from the folder beside them. */
await cp(new URL('../../migrations/baseline/', import.meta.url), new URL('../migrations/baseline/', import.meta.url), {
  recursive: true,
});
