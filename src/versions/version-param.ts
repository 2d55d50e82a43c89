import { Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { invalid } from '../platform/http/problem.js';

class VersionPipe implements PipeTransform {
  constructor(
    private readonly name: string,
    private readonly orState: boolean,
  ) {}

  transform(value: string): number | 'current' {
    if (this.orState && value === 'current') return value;
    if (this.orState && value === '0') return 0;
    if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
    throw invalid({ pointer: `/path/${this.name}`, code: 'invalid', message: 'Must be a version number.' });
  }
}

/** The place of an entry in the changelog of an event. */
export function PositionParam(): ParameterDecorator {
  const bind = Param('position', new VersionPipe('position', false));
  return (target, key, index) => {
    bind(target, key, index);
    const schema = { type: 'integer', minimum: 1, maximum: 999_999_999, example: 2 } as const;
    const method = Object.getOwnPropertyDescriptor(target, key!)!;
    ApiParam({ name: 'position', schema, description: '`position` of the entry.' })(target, key!, method);
  };
}

/** A version number in the path; with `orState` also the word `current`, and 0 for the time before. */
export function VersionParam(name: string, { orState = false } = {}): ParameterDecorator {
  const bind = Param(name, new VersionPipe(name, orState));
  return (target, key, index) => {
    bind(target, key, index);
    const schema = orState
      ? ({ type: 'string', pattern: '^(0|[1-9][0-9]{0,8}|current)$', example: '1' } as const)
      : ({ type: 'integer', minimum: 1, maximum: 999_999_999, example: 1 } as const);
    const description = orState
      ? 'A version number, `current`, or 0 for the time before the first.'
      : 'A version number.';
    const method = Object.getOwnPropertyDescriptor(target, key!)!;
    ApiParam({ name, schema, description })(target, key!, method);
  };
}
