import { Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { invalid } from '../platform/http/problem.js';

class VersionPipe implements PipeTransform {
  constructor(
    private readonly name: string,
    private readonly orCurrent: boolean,
  ) {}

  transform(value: string): number | 'current' {
    if (this.orCurrent && value === 'current') return value;
    if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
    throw invalid({ pointer: `/path/${this.name}`, code: 'invalid', message: 'Must be a version number.' });
  }
}

/** A version number in the path; with `orCurrent` also the word `current`. */
export function VersionParam(name: string, { orCurrent = false } = {}): ParameterDecorator {
  const bind = Param(name, new VersionPipe(name, orCurrent));
  return (target, key, index) => {
    bind(target, key, index);
    const schema = orCurrent
      ? ({ type: 'string', pattern: '^([1-9][0-9]{0,8}|current)$', example: '1' } as const)
      : ({ type: 'integer', minimum: 1, maximum: 999_999_999, example: 1 } as const);
    const description = orCurrent ? 'A version number, or `current`.' : 'A version number.';
    const method = Object.getOwnPropertyDescriptor(target, key!)!;
    ApiParam({ name, schema, description })(target, key!, method);
  };
}
