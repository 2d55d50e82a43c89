import { Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { invalid } from '../problems/problem.js';

const NUMBER = { type: 'integer', minimum: 1, maximum: 999_999_999, example: 1 } as const;
const STATE = { type: 'string', pattern: '^(0|[1-9][0-9]{0,8}|current)$', example: '1' } as const;

/**
 * Reads a version number from the path.
 * @param orState also accepts `current`, and 0 for the state before the first version
 */
export function VersionParam(name: string, { orState = false } = {}): ParameterDecorator {
  return orState
    ? numberParam(name, 'a version number, `current`, or 0 for the empty state before the first version', STATE, [
        '0',
        'current',
      ])
    : numberParam(name, 'a version number', NUMBER);
}

/** Reads the position of an entry in the changelog from the path. */
export const PositionParam = (): ParameterDecorator =>
  numberParam('position', 'the position of an entry in the changelog', NUMBER);

/** Reads a number from 1, or one of some words, from the path. */
function numberParam(
  name: string,
  what: string,
  schema: typeof NUMBER | typeof STATE,
  words: string[] = [],
): ParameterDecorator {
  const pipe: PipeTransform<string, number | string> = {
    transform: (value) => {
      if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
      if (words.includes(value)) return value === '0' ? 0 : value;
      throw invalid({ pointer: `/path/${name}`, code: 'invalid', message: `Must be ${what}.` });
    },
  };
  const bind = Param(name, pipe);
  return (target, key, index) => {
    bind(target, key, index);
    const method = Object.getOwnPropertyDescriptor(target, key!)!;
    ApiParam({ name, schema, description: `${what[0]!.toUpperCase()}${what.slice(1)}.` })(target, key!, method);
  };
}
