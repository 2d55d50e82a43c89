import type { MigrationInterface, QueryRunner } from 'typeorm';

const searchedTexts = (fold: (texts: string) => string): string => `
  CREATE OR REPLACE FUNCTION searched_texts(event events) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT ${fold(`concat_ws(E'\\n', event.title, event.description, event.location,
      (SELECT string_agg(concat_ws(E'\\n', o ->> 'title', o ->> 'description', o ->> 'location'), E'\\n')
         FROM jsonb_array_elements(event.overrides) AS o))`)}
  $$;
  UPDATE event_texts t SET texts = searched_texts(e) FROM events e WHERE e.id = t.event_id AND t.texts <> searched_texts(e);`;

/** The index of texts contains them as searches compare them. */
export class FoldedIndex20261127170000 implements MigrationInterface {
  name = 'FoldedIndex20261127170000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(searchedTexts((texts) => `fold_text(${texts})`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(searchedTexts((texts) => texts));
  }
}
