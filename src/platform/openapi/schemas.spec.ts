import { describe, expect, it } from 'vitest';
import { closeSchemas, resolve } from './schemas.js';

describe('closeSchemas', () => {
  it('forbids additional properties at every depth', () => {
    const inner = { type: 'object', properties: { b: { type: 'string' } } };
    expect(closeSchemas({ type: 'object', properties: { a: { type: 'array', items: inner } } })).toEqual({
      type: 'object',
      properties: { a: { type: 'array', items: { ...inner, additionalProperties: false } } },
      additionalProperties: false,
    });
  });

  it('leaves maps and examples unchanged', () => {
    const map = {
      type: 'object',
      additionalProperties: { type: 'string' },
      example: { type: 'object', properties: {} },
    };
    expect(closeSchemas(map)).toEqual(map);
  });
});

describe('resolve', () => {
  const schemas = { A: { $ref: '#/components/schemas/B' }, B: { type: 'string' } };

  it('follows references to the end', () => {
    expect(resolve({ $ref: '#/components/schemas/A' }, schemas)).toEqual({ type: 'string' });
  });

  it('names an unknown reference', () => {
    expect(() => resolve({ $ref: '#/components/schemas/C' }, schemas)).toThrow('#/components/schemas/C');
  });
});
