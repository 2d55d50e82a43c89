import { describe, expect, it } from 'vitest';
import { exampleOf } from './examples.js';

describe('the example of a schema', () => {
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
    ['its own, before anything else', { ...person, example: 'own' }, 'own'],
    ['its own, even if that is null', { type: ['string', 'null'], example: null }, null],
    ['made of its properties, optional ones only where they have one', person, ana],
    ['that of what it refers to', reference, ana],
    ['one item of a list', { type: 'array', items: reference }, [ana]],
    ['the first choice', { oneOf: [reference, { type: 'null' }] }, ana],
    ['the first word of an enumeration', { type: 'string', enum: ['a', 'b'] }, 'a'],
    ['that of the schema it wraps', { allOf: [{ type: 'string', example: 'x' }] }, 'x'],
    [
      'all its parts together',
      { allOf: [reference, { type: 'object', example: { more: true } }] },
      { ...ana, more: true },
    ],
  ])('is %s', (_, schema, example) => {
    expect(exampleOf(schema, schemas)).toEqual(example);
  });

  it('is missing where a part has none, so that the contract test can name the place', () => {
    expect(exampleOf({ type: 'string' }, {})).toBeUndefined();
  });
});
