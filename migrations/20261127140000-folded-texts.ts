import { domainToASCII } from 'node:url';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The local part composed, the domain in ASCII. */
function normalizeEmail(email: string): string {
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1);
  return `${email.slice(0, at).normalize('NFC')}@${domainToASCII(domain) || domain}`;
}

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
    await runner.query(`DROP FUNCTION fold_text(text)`);
  }
}
