import { type ArgumentMetadata, Injectable, type PipeTransform, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validate } from 'class-validator';
import { type FieldError, invalid } from './problem.js';
import type { ErrorCode } from './problem.js';

/** A body class may also take a bare list or a single object: it names the member that they stand for. */
export interface BodyShorthand {
  /** The member that a bare array (or, with `single`, a bare object without that member) stands for. */
  shorthand?: { member: string; single?: boolean };
}

const CODE_OF_CHECK: Record<string, ErrorCode> = {
  isDefined: 'required',
  whitelistValidation: 'unknown_field',
  isUuid: 'not_a_uuid',
  isIn: 'not_allowed',
  minLength: 'too_short',
  maxLength: 'too_long',
  min: 'too_small',
  max: 'too_large',
  arrayMinSize: 'too_short',
  arrayMaxSize: 'too_many',
};

const PREFIX: Record<string, string> = { body: '', query: '/query', param: '/path', custom: '' };
const PRIMITIVES = new Set<unknown>([String, Number, Boolean, Array, Object, Buffer]);

/** The one validation pipe: DTO classes only, unknown fields refused, every wrong value reported at once. */
@Injectable()
export class RequestValidationPipe implements PipeTransform {
  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const type = metadata.metatype as (Type<object> & BodyShorthand) | undefined;
    if (!type || PRIMITIVES.has(type) || metadata.type === 'custom') return value;

    const { object, hidden } = unfold(value, type);
    if (!isPlainObject(object)) {
      throw invalid({ pointer: '', code: 'invalid', message: 'The body must be an object.' });
    }
    const errors = reservedKeys(object, '');
    const instance = plainToInstance(type, object, { exposeUnsetFields: false });
    const found = await validate(instance, {
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      stopAtFirstError: true,
    });
    errors.push(...found.flatMap((error) => fieldErrors(error, '')));
    if (errors.length > 0) {
      const prefix = PREFIX[metadata.type] ?? '';
      throw invalid(...errors.map((error) => ({ ...error, pointer: prefix + withoutPrefix(error.pointer, hidden) })));
    }
    return instance;
  }
}

/** Gives a bare array or object the name it stands for; `hidden` is the part of the pointers that was not sent. */
function unfold(value: unknown, type: BodyShorthand): { object: unknown; hidden: string } {
  const { shorthand } = type;
  if (shorthand && Array.isArray(value))
    return { object: { [shorthand.member]: value }, hidden: `/${shorthand.member}` };
  if (shorthand?.single && isPlainObject(value) && !(shorthand.member in value)) {
    return { object: { [shorthand.member]: [value] }, hidden: `/${shorthand.member}/0` };
  }
  return { object: value ?? {}, hidden: '' };
}

const withoutPrefix = (pointer: string, hidden: string): string =>
  hidden && pointer.startsWith(hidden) ? pointer.slice(hidden.length) : pointer;

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** class-transformer passes over these names in silence; here they are unknown fields like any other. */
function reservedKeys(value: unknown, pointer: string): FieldError[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => reservedKeys(item, `${pointer}/${index}`));
  if (!isPlainObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === '__proto__' || key === 'constructor' || key === 'prototype'
      ? [{ pointer: `${pointer}/${key}`, code: 'unknown_field', message: 'Unknown field.' }]
      : reservedKeys(item, `${pointer}/${key}`),
  );
}

function fieldErrors(error: ValidationError, parent: string): FieldError[] {
  const pointer = `${parent}/${error.property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const own = Object.entries(error.constraints ?? {}).map(([check, message]) => ({
    pointer,
    code: CODE_OF_CHECK[check] ?? 'invalid',
    message: check === 'whitelistValidation' ? 'Unknown field.' : message,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, pointer))];
}
