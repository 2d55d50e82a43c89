import { describe, expect, it } from 'vitest';
import { exampleOf } from './examples.js';

describe('exampleOf', () => {
  const person = {
    type: 'object',
    required: ['id', 'name'],
    properties: {
      id: { type: 'integer', example: 1 },
      name: { type: 'string', example: 'ana' },
      email: { type: 'string', example: 'ana@example.com' },
      age: { type: 'integer' },
    },
  };
  const schemas = { Person: person };
  const reference = { $ref: '#/components/schemas/Person' };
  const ana = { id: 1, name: 'ana', email: 'ana@example.com' };

  it.each([
    ['the example of the schema first', { ...person, example: 'own' }, 'own'],
    ['the example of the schema even if it is null', { type: ['string', 'null'], example: null }, null],
    ['an object of the examples of its properties, without optional ones that have none', person, ana],
    ['the example of the referenced schema', reference, ana],
    ['a list of one item', { type: 'array', items: reference }, [ana]],
    ['the first choice', { oneOf: [reference, { type: 'null' }] }, ana],
    ['the first word of an enumeration', { type: 'string', enum: ['a', 'b'] }, 'a'],
    ['the example of a single part', { allOf: [{ type: 'string', example: 'x' }] }, 'x'],
    [
      'the merged examples of several parts',
      { allOf: [reference, { type: 'object', example: { more: true } }] },
      { ...ana, more: true },
    ],
  ])('returns %s', (_, schema, example) => {
    expect(exampleOf(schema, schemas)).toEqual(example);
  });

  it('returns undefined if a part has none', () => {
    expect(exampleOf({ type: 'string' }, {})).toBeUndefined();
  });
});
