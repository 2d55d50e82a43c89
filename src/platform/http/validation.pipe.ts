import { setImmediate } from 'node:timers/promises';
import { type ArgumentMetadata, Injectable, type PipeTransform, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, type ValidationError, validate } from 'class-validator';
import { counted } from '../../problems/counted.js';
import {
  type ErrorCode,
  type FieldError,
  invalid,
  invalidValues,
  MAX_ERRORS,
  Problem,
} from '../../problems/problem.js';
import { entriesWithErrors, indexIn, moveEntry } from './list-errors.js';
import { keepValidationMetadata } from './validation-metadata.js';
import { nearestName } from './nearest-name.js';
import { omitReadOnly, type WithReadOnlyMembers } from './read-only.js';

keepValidationMetadata();

/** Declares that a body class also accepts a bare list or a single object, in place of one of its members. */
export interface BodyShorthand {
  /** The member that a bare array replaces. With `single`, a bare object without that member replaces it as well. */
  shorthand?: { member: string; single?: boolean };
}

/** Declares that the service reports the invalid entries of a list together with the errors that only it can find. */
export interface CollectedList {
  /** The member with the list. */
  collects?: string;
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

type BodyOptions = BodyShorthand & CollectedList & WithReadOnlyMembers;

const PREFIX: Record<string, string> = { body: '', query: '/query', param: '/path', custom: '' };
const PRIMITIVES = new Set<unknown>([String, Number, Boolean, Array, Object, Buffer]);

/** The only validation pipe. Validates DTO classes, rejects unknown fields and reports every invalid value at once. */
@Injectable()
export class RequestValidationPipe implements PipeTransform {
  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const type = metadata.metatype as (Type<object> & BodyOptions) | undefined;
    if (!type || PRIMITIVES.has(type) || metadata.type === 'custom') return value;

    const { object: sent, omittedPrefix } = expandShorthand(value, type);
    if (!isPlainObject(sent)) {
      throw invalid({ pointer: '', code: 'invalid', message: 'The body must be an object.' });
    }
    const object = omitReadOnly(sent, type);
    const reject = (errors: FieldError[]): void => {
      if (errors.length === 0) return;
      const prefix = PREFIX[metadata.type] ?? '';
      throw invalidValues(
        errors.map((error) => ({ ...error, pointer: prefix + stripPrefix(error.pointer, omittedPrefix) })),
      );
    };
    if (isEmpty(object) && acceptsNothing.has(type)) return new type();
    // First of all, because class-transformer fails on some of these names, and takes seconds for very many of them.
    reject(refusedNames(object, ''));
    const { instance, errors } = await validateParts(type, object);
    if (isCollected(errors, type)) collect(errors, instance, type.collects!);
    else reject(errors);
    if (isEmpty(object)) acceptsNothing.add(type);
    if (omittedPrefix) omittedPrefixes.set(instance, omittedPrefix);
    return instance;
  }
}

/** Entries of a collected list that are validated at once. */
const PART = 25;

/** Validates a body, its collected list in parts: between them, the server handles other requests. */
async function validateParts(
  type: Type<object> & BodyOptions,
  object: Record<string, unknown>,
): Promise<{ instance: object; errors: FieldError[] }> {
  const { collects: member } = type;
  const list = member === undefined ? null : object[member];
  if (member === undefined || !Array.isArray(list) || list.length <= PART) return validateWhole(type, object);
  // Of a list that is too long, no entry is looked at: there may be very many.
  const tooMany = checkLength(type, member, list.length);
  if (tooMany) return { instance: new type(), errors: [tooMany] };
  const entries: unknown[] = [];
  const errors: FieldError[] = [];
  let instance: object | undefined;
  for (let from = 0; from < list.length; from += PART) {
    if (from > 0) await setImmediate();
    const part = await validateWhole(type, { ...object, [member]: list.slice(from, from + PART) });
    entries.push(...(part.instance as Record<string, unknown[]>)[member]!);
    // Errors outside the list are those of the first part.
    const own = part.errors.flatMap((error) => {
      const index = indexIn(`/${member}`, error.pointer);
      return index < 0 ? (from === 0 ? [error] : []) : [{ ...error, pointer: moveEntry(member, error.pointer, from) }];
    });
    errors.push(...own);
    instance ??= part.instance;
  }
  return { instance: Object.assign(instance!, { [member]: entries }), errors };
}

/** Returns the error of a list with more entries than its decorator allows, null for a shorter one. */
function checkLength(type: Type<object>, member: string, length: number): FieldError | null {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  const rule = rules.find(({ propertyName, name }) => propertyName === member && name === 'arrayMaxSize');
  const max = rule?.constraints?.[0] as number | undefined;
  if (max === undefined || length <= max) return null;
  return { pointer: `/${member}`, code: 'too_many', message: `At most ${max}.` };
}

async function validateWhole(type: Type<object>, object: object): Promise<{ instance: object; errors: FieldError[] }> {
  const instance = plainToInstance(type, object, { exposeUnsetFields: false });
  const found = await validate(instance, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
  });
  const hints = { left: MAX_ERRORS };
  return { instance, errors: found.flatMap((error) => fieldErrors(error, '', hints)) };
}

/** Classes without a required member, as a first object without members has shown. Most reads have no query. */
const acceptsNothing = new WeakSet<object>();

const isEmpty = (object: object): boolean => Object.keys(object).length === 0;

/** For each body with a collected list that has invalid entries: the errors of all values. */
const collectedErrors = new WeakMap<object, FieldError[]>();

/** Returns the errors that the service has to report with its own, if the body class declares a collected list. */
export const errorsOf = (body: object): FieldError[] => collectedErrors.get(body) ?? [];

/** Returns true when the list itself is valid, so that the service can check its other entries. */
const isCollected = (errors: FieldError[], { collects }: CollectedList): boolean =>
  collects !== undefined && errors.length > 0 && errors.every(({ pointer }) => pointer !== `/${collects}`);

/** Keeps the errors for the service, and replaces the invalid entries, which may be anything, with empty ones. */
function collect(errors: FieldError[], instance: object, member: string): void {
  const body = instance as Record<string, unknown[]>;
  const invalidEntries = entriesWithErrors(`/${member}`, errors);
  body[member] = body[member]!.map((entry, index) => (invalidEntries.has(index) ? {} : entry));
  collectedErrors.set(instance, errors);
}

/** For each body in a short form: the prefix of its pointers that the caller didn't send. */
const omittedPrefixes = new WeakMap<object, string>();

/**
 * Runs `work` for a body and adapts the pointers of its problems to the form in which the caller sent the body.
 * Services know only the full form.
 */
export async function withSentPointers<T>(body: object, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const omittedPrefix = omittedPrefixes.get(body);
    if (!(error instanceof Problem) || omittedPrefix === undefined) throw error;
    const { errors, members } = error.extras;
    const conflicts = members?.conflicts as { pointer?: string }[] | undefined;
    throw new Problem(error.code, {
      ...error.extras,
      ...(errors ? { errors: errors.map((entry) => shortenPointer(entry, omittedPrefix)) } : {}),
      ...(conflicts
        ? { members: { ...members, conflicts: conflicts.map((entry) => shortenPointer(entry, omittedPrefix)) } }
        : {}),
    });
  }
}

const shortenPointer = <T extends { pointer?: string }>(entry: T, omittedPrefix: string): T =>
  entry.pointer === undefined ? entry : { ...entry, pointer: stripPrefix(entry.pointer, omittedPrefix) };

/**
 * Wraps a bare array or object in the member that it replaces. `omittedPrefix` is the prefix that the caller didn't
 * send.
 */
function expandShorthand(value: unknown, type: BodyShorthand): { object: unknown; omittedPrefix: string } {
  const { shorthand } = type;
  if (shorthand && Array.isArray(value))
    return { object: { [shorthand.member]: value }, omittedPrefix: `/${shorthand.member}` };
  if (shorthand?.single && isPlainObject(value) && !(shorthand.member in value)) {
    return { object: { [shorthand.member]: [value] }, omittedPrefix: `/${shorthand.member}/0` };
  }
  return { object: value ?? {}, omittedPrefix: '' };
}

const stripPrefix = (pointer: string, omittedPrefix: string): string =>
  omittedPrefix && pointer.startsWith(omittedPrefix) ? pointer.slice(omittedPrefix.length) : pointer;

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Escapes a member name for a JSON Pointer (RFC 6901 §3). */
export const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** More than any body class has. */
const MAX_MEMBERS = 100;
/** Longer than the name of any member. A pointer to it would repeat it. */
const MAX_NAME = 100;
const LONG_NAME = `Unknown field, whose name is longer than ${counted(MAX_NAME, 'character')}.`;

/**
 * Returns an error for each object with far too many members, and for each name that every object has. class-transformer
 * would ignore these unknown fields silently.
 */
function refusedNames(value: unknown, pointer: string): FieldError[] {
  const errors: FieldError[] = [];
  const visit = (item: unknown, at: string): void => {
    if (Array.isArray(item)) {
      for (const [index, entry] of item.entries()) if (isContainer(entry)) visit(entry, `${at}/${index}`);
    } else if (isPlainObject(item)) {
      const names = Object.keys(item);
      if (names.length > MAX_MEMBERS) {
        errors.push({ pointer: at, code: 'too_many', message: `At most ${counted(MAX_MEMBERS, 'member')}.` });
        return;
      }
      for (const name of names) {
        const own = `${at}/${escapePointer(name)}`;
        if (name.length > MAX_NAME) errors.push({ pointer: at, code: 'unknown_field', message: LONG_NAME });
        else if (name in Object.prototype)
          errors.push({ pointer: own, code: 'unknown_field', message: 'Unknown field.' });
        else if (isContainer(item[name])) visit(item[name], own);
      }
    }
  };
  visit(value, pointer);
  return errors;
}

const isContainer = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** @param hints how many unknown fields are still compared with the known ones; nobody reads more */
function fieldErrors(error: ValidationError, parent: string, hints: { left: number }): FieldError[] {
  const pointer = `${parent}/${escapePointer(error.property)}`;
  const own = Object.entries(error.constraints ?? {}).map(([check, message]) => ({
    pointer,
    code: CODE_OF_CHECK[check] ?? 'invalid',
    message: check === 'whitelistValidation' ? describeUnknown(error, hints) : message,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, pointer, hints))];
}

function describeUnknown({ property, target }: ValidationError, hints: { left: number }): string {
  hints.left -= 1;
  const nearest = hints.left < 0 || !target ? null : nearestName(property, namesOf(target));
  return nearest === null ? 'Unknown field.' : `Unknown field. Did you mean ${nearest}?`;
}

/** Returns the names of the members that the class of a body declares. */
function namesOf({ constructor }: object): Set<string> {
  const rules = getMetadataStorage().getTargetValidationMetadatas(constructor, '', false, false);
  return new Set(rules.map(({ propertyName }) => propertyName));
}
