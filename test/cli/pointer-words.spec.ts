import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { wordsFor } from '../../sdk/cli/pointer-words.js';

interface Schema {
  properties?: Record<string, unknown>;
  allOf?: Schema[];
  $ref?: string;
}
interface Operation {
  operationId: string;
  parameters?: { in: string; name: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

const document = JSON.parse(readFileSync(new URL('../../sdk/openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};

const membersOf = ({ properties = {}, allOf = [], $ref }: Schema): string[] => [
  ...Object.keys(properties),
  ...allOf.flatMap(membersOf),
  ...($ref ? membersOf(document.components.schemas[$ref.split('/').at(-1)!]!) : []),
];

/** Every pointer into the query, the path or the body of an operation. */
const POINTERS = Object.values(document.paths)
  .flatMap((path) => Object.values(path))
  .flatMap(({ parameters = [], requestBody }) => [
    ...parameters.map(({ in: place, name }) => `/${place}/${name}`),
    ...membersOf(requestBody?.content['application/json']?.schema ?? {}).flatMap((name) => [`/${name}`, `/${name}/0`]),
  ]);

describe('a pointer of a problem', () => {
  it('is said in words, whatever it points to', () => {
    expect(POINTERS.length).toBeGreaterThan(100);
    for (const pointer of ['', '/', '/0', ...POINTERS]) expect(wordsFor(pointer, {})).toMatch(/^[^/_]+$/);
  });

  it.each([
    ['/users/1', 'ben'],
    ['/users/1/username', 'ben'],
    ['/user_ids/0', 'ana'],
    ['/query/user_ids/0', 'ana'],
    ['/path/version', 'version 99'],
    ['/users', 'the people'],
    ['/users/7', 'the people'],
    ['/fields/0', '--fields'],
    ['/query/as_of', '--as-of'],
    ['/working_hours/end', '--hours'],
    ['/start_time', 'the start'],
  ])('%s is “%s”', (pointer, words) => {
    const written = { '/users': ['ana', 'ben'], '/user_ids': ['ana'], '/version': 'version 99' };
    expect(wordsFor(pointer, written)).toBe(words);
  });
});
