import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertInto, type Row } from '../../src/platform/database/insert-into.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

const TYPES = {
  id: 'uuid',
  title: 'text',
  mail: 'citext',
  small: 'integer',
  large: 'bigint',
  flag: 'boolean',
  at: 'timestamptz',
  hash: 'bytea',
  busy: 'tstzmultirange',
  week: 'bit(336)',
  days: 'bit varying',
  content: 'jsonb',
  changed: 'text[]',
};
const TABLES = ['together', 'alone'] as const;

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
  const columns = Object.entries(TYPES).map(([name, type]) => `${name} ${type}`);
  for (const table of TABLES) {
    await database.query(`CREATE TABLE ${table} (place bigint GENERATED ALWAYS AS IDENTITY, ${columns.join(', ')})`);
  }
});
afterAll(() => database.drop());

/** PostgreSQL stores no NUL and no half of a surrogate pair; the validation of requests refuses both. */
const text = fc
  .oneof(
    fc.constantFrom(
      '',
      'NULL',
      'null',
      '{}',
      '{a,b}',
      '"',
      '\\',
      '\\"',
      "'",
      ',',
      ' a ',
      'a\nb\t\r\u0001',
      '\\x00',
      '🗓️',
    ),
    fc.string({ unit: 'grapheme' }),
  )
  .map((value) => value.replaceAll('\0', ''));
const json = fc
  .jsonValue({ stringUnit: 'grapheme' })
  .map((value) => JSON.parse(JSON.stringify(value).replaceAll(/\\u0000/g, '')) as unknown);
const at = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T00:00:00Z'),
  noInvalidDate: true,
});
const orNull = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(value, { freq: 5 });
const bits = (length: { minLength: number; maxLength: number }): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom('0', '1'), length).map((each) => each.join(''));

const row: fc.Arbitrary<Row> = fc.record({
  id: fc.uuid(),
  title: orNull(text),
  mail: orNull(text),
  small: orNull(fc.integer({ min: -2_147_483_648, max: 2_147_483_647 })),
  large: orNull(fc.maxSafeInteger()),
  flag: orNull(fc.boolean()),
  at: orNull(
    fc.oneof(
      at,
      at.map((date) => date.toISOString()),
    ),
  ),
  hash: orNull(fc.uint8Array().map((bytes) => `\\x${Buffer.from(bytes).toString('hex')}`)),
  busy: fc.constantFrom(null, '{}', '{["2026-01-01T10:00:00Z","2026-01-01T11:00:00Z"),["2026-01-02 10:00+00",)}'),
  week: bits({ minLength: 336, maxLength: 336 }),
  days: orNull(bits({ minLength: 0, maxLength: 70 })),
  content: orNull(json),
  changed: orNull(fc.array(text, { maxLength: 4 })),
});

const read = (table: string): Promise<object[]> =>
  database.query(
    `SELECT ${Object.keys(TYPES)
      .map((name) => `${name}::text`)
      .join(', ')} FROM ${table} ORDER BY place`,
  );

describe('insertInto', () => {
  const [together, alone] = TABLES.map((table) => insertInto(table, TYPES));

  it('stores several rows in their order, each as it would be stored alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 2, maxLength: 8 }), async (rows) => {
        for (const table of TABLES) await database.query(`TRUNCATE ${table}`);
        await database.query(...together!(rows));
        for (const one of rows) await database.query(...alone!([one]));
        expect(await read('together')).toEqual(await read('alone'));
      }),
      { numRuns: 150 },
    );
  });

  it('is one statement for any number of rows but one', () => {
    const [first] = fc.sample(row, 1);
    const texts = [0, 2, 500].map((count) => together!(Array.from({ length: count }, () => first!))[0]);
    expect(new Set(texts).size).toBe(1);
  });
});
