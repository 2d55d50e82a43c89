import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a migration must not do on a table that has rows and is in use, and what to do instead. */
export const MIGRATION_RULES = {
  'index-blocks-writes': 'Create and drop indexes CONCURRENTLY, in a migration with `transaction = false`.',
  'concurrently-in-transaction': 'CONCURRENTLY needs a migration with `transaction = false`.',
  'not-null-without-default': 'Add a column with a constant DEFAULT, or without NOT NULL.',
  'column-rewrites-table': 'A stored expression or a volatile DEFAULT rewrites the table: fill the column in batches.',
  'type-rewrites-table': 'Add a new column, fill it, and read it from the next version on.',
  'not-null-scans-table': 'Add a CHECK (… IS NOT NULL) NOT VALID, validate it, then SET NOT NULL.',
  'constraint-scans-table': 'Add the constraint NOT VALID and validate it in the next migration.',
  'constraint-builds-index': 'Create a unique index CONCURRENTLY and add the constraint USING INDEX.',
  'breaks-previous-version': 'The server of the version before still reads it: drop or rename it a version later.',
  'writes-whole-table': 'Write rows in batches, or only those that need it (WHERE).',
  'locks-table': 'Do not lock, cluster or rewrite a table that is in use.',
  'lock-timeout-off': 'Leave lock_timeout as the runner sets it.',
} as const;
export type MigrationRule = keyof typeof MIGRATION_RULES;

const TABLE = String.raw`(?:IF (?:NOT )?EXISTS )?(?:ONLY )?"?(?<table>\w+)"?`;

/** Statements; `table` is only about tables that the migration did not create. */
const STATEMENTS: [MigrationRule, RegExp][] = [
  ['index-blocks-writes', new RegExp(String.raw`^CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)(?:.*? )?ON ${TABLE}`, 'i')],
  ['index-blocks-writes', /^DROP INDEX (?!CONCURRENTLY)/i],
  ['breaks-previous-version', new RegExp(`^DROP TABLE ${TABLE}`, 'i')],
  ['writes-whole-table', new RegExp(String.raw`^(?:UPDATE|DELETE FROM) ${TABLE}(?!.*\bWHERE\b)`, 'i')],
  ['locks-table', /^(?:LOCK |CLUSTER |VACUUM FULL|REINDEX (?!.*CONCURRENTLY)|TRUNCATE )/i],
  ['lock-timeout-off', /^SET (?:LOCAL |SESSION )?lock_timeout/i],
];

/** Actions of an ALTER TABLE on a table that the migration did not create. */
const ACTIONS: [MigrationRule, RegExp][] = [
  ['not-null-without-default', /^ADD (?:COLUMN )?(?!CONSTRAINT)(?=.*NOT NULL)(?!.*\b(?:DEFAULT|GENERATED)\b)/i],
  [
    'column-rewrites-table',
    /^ADD (?:COLUMN )?(?!CONSTRAINT).*(?:\bSTORED\b|\bserial\b|AS IDENTITY|DEFAULT \(?(?:gen_random_uuid|uuid_|random|nextval|clock_timestamp))/i,
  ],
  ['type-rewrites-table', /^ALTER (?:COLUMN )?"?\w+"? (?:SET DATA )?TYPE\b/i],
  ['not-null-scans-table', /^ALTER (?:COLUMN )?"?\w+"? SET NOT NULL/i],
  ['constraint-scans-table', /^ADD (?:CONSTRAINT "?\w+"? )?(?:CHECK|FOREIGN KEY)\b(?!.*NOT VALID)/i],
  ['constraint-scans-table', /^ADD (?:COLUMN )?(?!CONSTRAINT|CHECK|FOREIGN).*\b(?:CHECK|REFERENCES)\b/i],
  ['constraint-builds-index', /^ADD (?:CONSTRAINT "?\w+"? )?(?:UNIQUE|PRIMARY KEY|EXCLUDE)\b(?!.*USING INDEX)/i],
  ['breaks-previous-version', /^(?:DROP (?!CONSTRAINT)|RENAME (?!CONSTRAINT))/i],
  ['breaks-previous-version', /^ALTER (?:COLUMN )?"?\w+"? DROP DEFAULT/i],
];

/**
 * Returns the rules that a migration breaks, sorted.
 * @param statements what it sends; each text may contain several statements
 * @param inTransaction false for a migration with `transaction = false`
 */
export function lintMigration(statements: string[], inTransaction = true): MigrationRule[] {
  const broken = new Set<MigrationRule>();
  const all = statements.flatMap(split);
  const created = new Set(all.flatMap((text) => /^CREATE TABLE (?:IF NOT EXISTS )?"?(\w+)"?/i.exec(text)?.[1] ?? []));
  for (const text of all) {
    const [, table, actions] = new RegExp(`^ALTER TABLE ${TABLE} (?<actions>.*)$`, 'i').exec(text) ?? [];
    if (table !== undefined && created.has(table)) continue;
    for (const [rule, pattern] of STATEMENTS) {
      const found = pattern.exec(text);
      if (found && !created.has(found.groups?.['table'] ?? '')) broken.add(rule);
    }
    for (const action of splitActions(actions ?? '')) {
      for (const [rule, pattern] of ACTIONS) if (pattern.test(action)) broken.add(rule);
    }
    if (inTransaction && /\bINDEX CONCURRENTLY\b/i.test(text)) broken.add('concurrently-in-transaction');
  }
  return [...broken].sort();
}

/** Returns what a migration sends to the database while it runs there. */
export async function recordStatements(migration: MigrationInterface, runner: QueryRunner): Promise<string[]> {
  const statements: string[] = [];
  const recording = new Proxy(runner, {
    get(target, name) {
      if (name !== 'query') return Reflect.get(target, name) as unknown;
      return (sql: string, ...rest: unknown[]): unknown => {
        statements.push(sql);
        return (target.query as (...sent: unknown[]) => unknown).call(target, sql, ...rest);
      };
    },
  });
  await migration.up(recording);
  return statements;
}

/** The statements of a text, without comments, the contents of strings and the bodies of functions. */
function split(sql: string): string[] {
  return sql
    .replaceAll(/\$(\w*)\$.*?\$\1\$/gs, "''")
    .replaceAll(/--.*$/gm, '')
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/'(?:[^']|'')*'/g, "''")
    .split(';')
    .map((statement) => statement.replaceAll(/\s+/g, ' ').trim())
    .filter(Boolean);
}

/** The actions of an ALTER TABLE: what commas separate outside of parentheses. */
function splitActions(actions: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of actions) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}
