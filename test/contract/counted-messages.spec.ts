import { readdirSync, readFileSync } from 'node:fs';
import { getMetadataStorage } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { AppModule } from '../../src/app.module.js';
import { counted } from '../../src/problems/counted.js';

const SRC = new URL('../../src/', import.meta.url).pathname;
const SOURCES = (readdirSync(SRC, { recursive: true }) as string[]).filter((file) => /(?<!\.spec)\.ts$/.test(file));
/** A bound with a word behind it that is always in the plural. */
const UNCOUNTED = /(?:at (?:most|least)|(?:more|longer|deeper) than|up to) \$\{[\w.]+\} [a-z]+s\b/gi;

describe('messages that count', () => {
  it('have the singular for 1', () => {
    expect([1, 2, 0].map((number) => counted(number, 'character'))).toEqual([
      '1 character',
      '2 characters',
      '0 characters',
    ]);
    expect([1, 2].map((number) => counted(number, 'person', 'people'))).toEqual(['1 person', '2 people']);
  });

  it('of every constraint of a body or a query', () => {
    // The module imports every body and every query.
    expect(AppModule).toBeDefined();
    const { validationMetadatas } = getMetadataStorage() as unknown as {
      validationMetadatas: Map<unknown, { message?: unknown }[]>;
    };
    const all = [...validationMetadatas.values()];
    const messages = all.flat().flatMap(({ message }) => (typeof message === 'string' ? [message] : []));
    expect(messages).toContain('At least 1 character.');
    expect(messages.filter((message) => /\b1 [a-z]+s\b/.test(message))).toEqual([]);
  });

  it('are written with `counted` wherever they bound something', () => {
    expect(SOURCES.length).toBeGreaterThan(300);
    const found = SOURCES.flatMap((file) =>
      (readFileSync(SRC + file, 'utf8').match(UNCOUNTED) ?? []).map((text) => `${file}: ${text}`),
    );
    expect(found).toEqual([]);
  });
});
