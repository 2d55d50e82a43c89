import { describe, expect, it } from 'vitest';
import { fieldsOf } from './asyncapi-fields.js';

const SCHEMAS = {
  Person: { type: 'object', properties: { id: { type: 'string', format: 'uuid' } }, required: ['id'] },
  Kind: { type: 'string', enum: ['a', 'b'] },
  Tree: { type: 'object', properties: { children: { type: 'array', items: { $ref: '#/components/schemas/Tree' } } } },
};
const reference = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const fields = (properties: object, required: string[] = []) =>
  fieldsOf({ type: 'object', properties, required }, SCHEMAS);

describe('fieldsOf', () => {
  it('lists type, requirement, description, values and limits', () => {
    const seq = { type: 'integer', minimum: 0, description: 'Place in the stream.' };
    expect(fields({ seq }, ['seq'])).toEqual([
      {
        name: 'seq',
        type: 'integer',
        isRequired: true,
        description: 'Place in the stream.',
        values: [],
        limits: ['at least 0'],
      },
    ]);
    expect(fields({ of: { type: 'string', const: 'resume' } })).toMatchObject([
      { isRequired: false, values: ['"resume"'] },
    ]);
    expect(fields({ id: { type: 'string', pattern: '^[0-9]+$' } })).toMatchObject([{ limits: ['matches ^[0-9]+$'] }]);
  });

  it('names formats, null and choices in the type', () => {
    const types = fields({
      at: { type: ['string', 'null'], format: 'date-time' },
      names: { type: 'array', items: { type: 'string' } },
      either: { oneOf: [{ type: 'string' }, { type: 'null' }] },
      anything: {},
    }).map(({ type }) => type);
    expect(types).toEqual(['string (date-time) or null', 'array of string', 'string or null', 'any']);
  });

  it('follows references, and lists what is inside an object or the items of an array', () => {
    const found = fields({ actor: reference('Person'), people: { type: 'array', items: reference('Person') } });
    expect(found.map(({ name, isRequired }) => [name, isRequired])).toEqual([
      ['actor', false],
      ['actor.id', true],
      ['people', false],
      ['people[].id', true],
    ]);
  });

  it('reads `allOf` with what is beside it', () => {
    expect(fields({ kind: { description: 'Which.', allOf: [reference('Kind')] } })).toMatchObject([
      { type: 'string', description: 'Which.', values: ['"a"', '"b"'] },
    ]);
  });

  it('ends at a schema that contains itself', () => {
    expect(fieldsOf(reference('Tree'), SCHEMAS).map(({ name }) => name)).toEqual(['children', 'children[].children']);
  });
});
