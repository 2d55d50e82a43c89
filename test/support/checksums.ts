import type { TestDatabase } from './database.js';

const NO_REFUSALS = `WHERE kind NOT IN ('refused', 'sign_in_failed')`;

/**
 * What is in every table, and where every sequence stands: discovered, so that a new one is watched as well. The index of
 * texts is not content: a job writes it at any moment. Refusals come into the audit trail up to a second after the response.
 */
export async function checksums(database: TestDatabase): Promise<Record<string, string>> {
  const relations = await database.query<{ name: string; kind: 'r' | 'S' }>(
    `SELECT relname AS name, relkind AS kind FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
        AND relname NOT IN ('event_texts', 'event_texts_due') ORDER BY relname`,
  );
  const sums = relations.map(({ name, kind }) =>
    kind === 'r'
      ? `(SELECT count(*) || ' ' || md5(coalesce(string_agg(r::text, '' ORDER BY r::text), ''))
            FROM "${name}" r ${name.startsWith('audit_entries') ? NO_REFUSALS : ''}) AS "${name}"`
      : `(SELECT last_value || ' ' || is_called FROM "${name}") AS "${name}"`,
  );
  const [row] = await database.query<Record<string, string>>(`SELECT ${sums.join(', ')}`);
  return row!;
}
