import { type ArgumentMetadata, Injectable, type PipeTransform, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validate } from 'class-validator';
import { type ErrorCode, type FieldError, invalid, Problem } from '../../problems/problem.js';

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
    const refuse = (errors: FieldError[]): void => {
      if (errors.length === 0) return;
      const prefix = PREFIX[metadata.type] ?? '';
      throw invalid(...errors.map((error) => ({ ...error, pointer: prefix + withoutPrefix(error.pointer, hidden) })));
    };
    // Before anything walks the body: class-transformer stumbles over some of them.
    refuse(reservedKeys(object, ''));
    const instance = plainToInstance(type, object, { exposeUnsetFields: false });
    const found = await validate(instance, {
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      stopAtFirstError: true,
    });
    refuse(found.flatMap((error) => fieldErrors(error, '')));
    if (hidden) hiddenParts.set(instance, hidden);
    return instance;
  }
}

/** Of bodies that were sent in short: the part of the pointers that the caller didn't write. */
const hiddenParts = new WeakMap<object, string>();

/**
 * Runs what a body asks for. Pointers of a refusal are brought into the shape in which the body was sent: services know
 * only the full one.
 */
export async function asSent<T>(body: object, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const hidden = hiddenParts.get(body);
    if (!(error instanceof Problem) || hidden === undefined) throw error;
    const { errors, members } = error.extras;
    const conflicts = members?.conflicts as { pointer?: string }[] | undefined;
    throw new Problem(error.code, {
      ...error.extras,
      ...(errors ? { errors: errors.map((entry) => shortened(entry, hidden)) } : {}),
      ...(conflicts ? { members: { ...members, conflicts: conflicts.map((entry) => shortened(entry, hidden)) } } : {}),
    });
  }
}

const shortened = <T extends { pointer?: string }>(entry: T, hidden: string): T =>
  entry.pointer === undefined ? entry : { ...entry, pointer: withoutPrefix(entry.pointer, hidden) };

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

/** A member's name as a part of a JSON Pointer (RFC 6901 §3). */
export const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** class-transformer passes over names that every object has in silence; here they are unknown fields like any other. */
function reservedKeys(value: unknown, pointer: string): FieldError[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => reservedKeys(item, `${pointer}/${index}`));
  if (!isPlainObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const own = `${pointer}/${escaped(key)}`;
    return key in Object.prototype
      ? [{ pointer: own, code: 'unknown_field', message: 'Unknown field.' }]
      : reservedKeys(item, own);
  });
}

function fieldErrors(error: ValidationError, parent: string): FieldError[] {
  const pointer = `${parent}/${escaped(error.property)}`;
  const own = Object.entries(error.constraints ?? {}).map(([check, message]) => ({
    pointer,
    code: CODE_OF_CHECK[check] ?? 'invalid',
    message: check === 'whitelistValidation' ? 'Unknown field.' : message,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, pointer))];
}
