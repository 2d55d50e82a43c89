import { fileURLToPath } from 'node:url';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './src/platform/database/data-source.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** For the TypeORM command line (`npm run migration:generate`), run from the compiled `dist/ormconfig.js`. */
export const dataSource = new DataSource(
  dataSourceOptions(
    { url: process.env.DATABASE_URL ?? 'postgres://localhost/convene' },
    { entities: [here('./src/**/*.entity.js')], migrations: [here('./migrations/*.js')] },
  ),
);
