import { domainToASCII } from 'node:url';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The local part composed, the domain in ASCII. */
function normalizeEmail(email: string): string {
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1);
  return `${email.slice(0, at).normalize('NFC')}@${domainToASCII(domain) || domain}`;
}

/** The text in the index of searches; `fold` is the function that it goes through. */
const searchedTexts = (fold: string): string => `
  CREATE OR REPLACE FUNCTION searched_texts(event events) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT ${fold}(concat_ws(E'\\n', event.title, event.description, event.location,
      (SELECT string_agg(concat_ws(E'\\n', o ->> 'title', o ->> 'description', o ->> 'location'), E'\\n')
         FROM jsonb_array_elements(event.overrides) AS o)))
  $$`;
const INDEX_AGAIN = `UPDATE event_texts t SET texts = searched_texts(e) FROM events e WHERE e.id = t.event_id`;

/** Searches ignore how characters are composed, and e-mail addresses are stored in one form. */
export class FoldedTexts20261127140000 implements MigrationInterface {
  name = 'FoldedTexts20261127140000';

  async up(runner: QueryRunner): Promise<void> {
    // The same as foldText (src/content/fold-text.ts).
    await runner.query(`
      CREATE FUNCTION fold_text(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT regexp_replace(replace(lower(normalize(value, NFKC)), 'ς', 'σ'),
                              E'[\\t-\\r \\u0085\\u1680\\u2028\\u2029]+', ' ', 'g')
      $$`);
    await runner.query(searchedTexts('fold_text'));
    await runner.query(INDEX_AGAIN);
    const users = (await runner.query(`SELECT id, email FROM users WHERE email ~ '[^\\x01-\\x7f]'`)) as {
      id: string;
      email: string;
    }[];
    for (const { id, email } of users) {
      // An address that somebody else has already stays as it is: nobody loses an account.
      await runner.query(
        `UPDATE users SET email = $2 WHERE id = $1 AND NOT EXISTS (SELECT FROM users WHERE email = $2::citext)`,
        [id, normalizeEmail(email)],
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(searchedTexts(''));
    await runner.query(INDEX_AGAIN);
    await runner.query(`DROP FUNCTION fold_text(text)`);
  }
}
