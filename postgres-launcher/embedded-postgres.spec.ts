import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedPostgresError } from './embedded-postgres.errors.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'embedded-postgres-'));
});
afterAll(() => rm(dataDir, { recursive: true }));

describe('startEmbeddedPostgres', () => {
  it.each(['', 'Planner', '1a', 'a-b', "a'", 'a/b', 'pg_a', 'postgres', 'template1', 'a'.repeat(41)])(
    'refuses the name %j and creates nothing',
    async (name) => {
      const start = startEmbeddedPostgres({ dataDir, name, log: () => undefined });
      await expect(start).rejects.toThrow(EmbeddedPostgresError);
      await expect(start).rejects.toThrow("can't be the name");
      expect(await readdir(dataDir)).toEqual([]);
    },
  );
});
