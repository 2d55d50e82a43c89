import { Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import { invalid } from '../../problems/problem.js';

class UuidPipe implements PipeTransform {
  constructor(private readonly name: string) {}

  transform(value: string): string {
    return parseUuidParam(this.name, value);
  }
}

/** Returns a UUID in lower case. @throws Problem validation_failed if the path parameter isn't a UUID */
export function parseUuidParam(name: string, value: unknown): string {
  if (!isUUID(value)) throw invalid({ pointer: `/path/${name}`, code: 'not_a_uuid', message: 'Must be a UUID.' });
  return (value as string).toLowerCase();
}

/** The event and the people of all examples of the API reference. */
const EVENT = '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02';
export const BEN = '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a05';
const EXAMPLES: Record<string, string> = {
  userId: BEN,
  invitationId: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1d01',
  session: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1d04',
};

/** A path parameter that must be a UUID. The handler receives it in lower case. */
export function UuidParam(name: string, description: string, example = EXAMPLES[name] ?? EVENT): ParameterDecorator {
  const bind = Param(name, new UuidPipe(name));
  return (target, key, index) => {
    bind(target, key, index);
    const method = Object.getOwnPropertyDescriptor(target, key!)!;
    ApiParam({ name, description, schema: { type: 'string', format: 'uuid', example } })(target, key!, method);
  };
}
