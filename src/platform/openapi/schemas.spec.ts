import { describe, expect, it } from 'vitest';
import { closed, resolve } from './schemas.js';

describe('closing schemas', () => {
  it('lets objects take no other properties than those they name, however deep they lie', () => {
    const inner = { type: 'object', properties: { b: { type: 'string' } } };
    expect(closed({ type: 'object', properties: { a: { type: 'array', items: inner } } })).toEqual({
      type: 'object',
      properties: { a: { type: 'array', items: { ...inner, additionalProperties: false } } },
      additionalProperties: false,
    });
  });

  it('leaves maps and examples as they are', () => {
    const map = {
      type: 'object',
      additionalProperties: { type: 'string' },
      example: { type: 'object', properties: {} },
    };
    expect(closed(map)).toEqual(map);
  });
});

describe('resolving a schema', () => {
  const schemas = { A: { $ref: '#/components/schemas/B' }, B: { type: 'string' } };

  it('follows references to the end', () => {
    expect(resolve({ $ref: '#/components/schemas/A' }, schemas)).toEqual({ type: 'string' });
  });

  it('says which reference leads nowhere', () => {
    expect(() => resolve({ $ref: '#/components/schemas/C' }, schemas)).toThrow('#/components/schemas/C');
  });
});
