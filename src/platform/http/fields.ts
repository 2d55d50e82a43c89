import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsEmail,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  IsUUID,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { isBlank } from './blank-text.js';
import { counted } from '../../problems/counted.js';
import { normalizeEmail } from './email-address.js';
import { isWebAddress } from './web-address.js';

interface FieldOptions {
  description: string;
  example?: unknown;
  /** May be absent. */
  optional?: boolean;
  /** May be null, which clears the value. */
  nullable?: boolean;
}

/**
 * Declares in one decorator the checks of a field and its schema in the OpenAPI document, so that they cannot differ.
 * Absent optional fields and null nullable fields skip the checks.
 */
function field(options: FieldOptions, schema: ApiPropertyOptions, ...checks: PropertyDecorator[]): PropertyDecorator {
  const { description, example, optional = false, nullable = false } = options;
  const presence = ValidateIf((_object, value) => !(optional && value === undefined) && !(nullable && value === null));
  return applyDecorators(
    presence,
    ...(optional ? [] : [IsDefined({ message: 'Required.' })]),
    ...checks,
    ApiProperty({
      ...schema,
      description,
      ...(example === undefined ? {} : { example }),
      required: !optional,
      ...(nullable ? { nullable: true } : {}),
    } as ApiPropertyOptions),
  );
}

/** PostgreSQL cannot store NUL, and UTF-8 has no lone surrogates: text with either would change when stored. */
const StorableText = (): PropertyDecorator =>
  ValidateBy({
    name: 'storableText',
    validator: {
      validate: (value) => typeof value !== 'string' || (!value.includes('\0') && value.isWellFormed()),
      defaultMessage: () => 'Contains a character that cannot be stored.',
    },
  });

const NotBlank = (): PropertyDecorator =>
  ValidateBy({
    name: 'notBlank',
    validator: {
      validate: (value) => typeof value !== 'string' || !isBlank(value),
      defaultMessage: () => 'Must not be blank.',
    },
  });

export function TextField(options: FieldOptions & { max: number; min?: number }): PropertyDecorator {
  const { max, min = 0 } = options;
  return field(
    options,
    { type: String, maxLength: max, ...(min > 0 ? { minLength: min } : {}) },
    IsString({ message: 'Must be text.' }),
    MaxLength(max, { message: `At most ${counted(max, 'character')}.` }),
    ...(min > 0 ? [MinLength(min, { message: `At least ${counted(min, 'character')}.` }), NotBlank()] : []),
    StorableText(),
  );
}

export function PatternField(
  options: FieldOptions & { pattern: RegExp; max: number; min?: number; message: string },
): PropertyDecorator {
  const { pattern, max, min = 1, message } = options;
  return field(
    options,
    { type: String, pattern: pattern.source, minLength: min, maxLength: max },
    IsString({ message: 'Must be text.' }),
    MinLength(min, { message: `At least ${counted(min, 'character')}.` }),
    MaxLength(max, { message: `At most ${counted(max, 'character')}.` }),
    ValidateBy({
      name: 'pattern',
      validator: {
        validate: (value) => typeof value !== 'string' || pattern.test(value),
        defaultMessage: () => message,
      },
    }),
  );
}

/** A URL that a browser can open: absolute, `http` or `https`, with a host. */
export function WebAddressField(options: FieldOptions & { max: number }): PropertyDecorator {
  const { max } = options;
  return field(
    options,
    { type: String, format: 'uri', pattern: '^[Hh][Tt][Tt][Pp][Ss]?://', maxLength: max },
    IsString({ message: 'Must be text.' }),
    MaxLength(max, { message: `At most ${counted(max, 'character')}.` }),
    ValidateBy({
      name: 'webAddress',
      validator: {
        validate: (value) => typeof value !== 'string' || isWebAddress(value),
        defaultMessage: () => 'Must be an http or https URL.',
      },
    }),
    StorableText(),
  );
}

/** An e-mail address. The handler receives it in the form in which it is stored. */
export function EmailField(options: FieldOptions): PropertyDecorator {
  return field(
    options,
    { type: String, format: 'idn-email', maxLength: 254 },
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? normalizeEmail(value) : value)),
    IsString({ message: 'Must be text.' }),
    MaxLength(254, { message: 'At most 254 characters.' }),
    // Nobody has a quoted one, which may contain spaces, line breaks and other addresses.
    IsEmail({ blacklisted_chars: String.raw`"\s` }, { message: 'Must be an e-mail address.' }),
    StorableText(),
  );
}

export function UuidField(options: FieldOptions): PropertyDecorator {
  return field(
    options,
    { type: String, format: 'uuid' },
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value)),
    IsUUID('all', { message: 'Must be a UUID.' }),
  );
}

/** A list of ids. The service that uses them checks the entries and can point to each. */
export function IdListField(options: FieldOptions & { min?: number; max: number }): PropertyDecorator {
  const { min = 0, max } = options;
  return field(
    options,
    { type: 'array', items: { type: 'string', format: 'uuid' }, minItems: min, maxItems: max },
    IsArray({ message: 'Must be a list.' }),
    ArrayMinSize(min, { message: `At least ${min}.` }),
    ArrayMaxSize(max, { message: `At most ${max}.` }),
  );
}

/** The same as `IdListField` in a query string: repeated, or separated by commas. */
export function IdListQuery(options: FieldOptions & { min?: number; max: number }): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      [value].flat().flatMap((part) => (typeof part === 'string' && part !== '' ? part.split(',') : [])),
    ),
    IdListField(options),
  );
}

/** A list of words from a closed list, accepted in any case. */
export function ChoiceListField(
  options: FieldOptions & { values: readonly string[]; min?: number },
): PropertyDecorator {
  const { values, min = 0 } = options;
  const spelled = new Map(values.map((value) => [value.toLowerCase(), value]));
  const normalize = (entry: unknown): unknown =>
    typeof entry === 'string' ? (spelled.get(entry.toLowerCase()) ?? entry) : entry;
  return field(
    options,
    { type: 'array', items: { type: 'string', enum: [...values] }, minItems: min, maxItems: values.length },
    Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value.map(normalize) : value)),
    IsArray({ message: 'Must be a list.' }),
    ArrayMinSize(min, { message: `At least ${min}.` }),
    ArrayMaxSize(values.length, { message: `At most ${values.length}.` }),
    IsIn([...values], { each: true, message: `Each entry must be one of ${values.join(', ')}.` }),
  );
}

/** A word from a closed list of lower-case words, accepted in any case. */
export function ChoiceField(
  options: FieldOptions & { values: readonly string[]; name?: string; hint?: string },
): PropertyDecorator {
  const hint = options.hint ? ` ${options.hint}` : '';
  return field(
    options,
    { type: String, enum: [...options.values], ...(options.name ? { enumName: options.name } : {}) },
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value)),
    IsIn([...options.values], { message: `Must be one of ${options.values.join(', ')}.${hint}` }),
  );
}

export function FlagField(options: FieldOptions): PropertyDecorator {
  return field(options, { type: Boolean }, IsBoolean({ message: 'Must be true or false.' }));
}

export function WholeNumberField(options: FieldOptions & { min: number; max: number }): PropertyDecorator {
  const { min, max } = options;
  return field(
    options,
    { type: 'integer', minimum: min, maximum: max },
    IsInt({ message: 'Must be a whole number.' }),
    Min(min, { message: `At least ${min}.` }),
    Max(max, { message: `At most ${max}.` }),
  );
}

/** The same as `WholeNumberField` in a query string. */
export function WholeNumberQuery(options: FieldOptions & { min: number; max: number }): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value,
    ),
    WholeNumberField({ optional: true, ...options }),
  );
}

/** A flag in a query string: `true`, `false`, `1`, `0` or the bare name. */
export function FlagQuery(options: FieldOptions): PropertyDecorator {
  const words: Record<string, boolean> = { true: true, '1': true, '': true, false: false, '0': false };
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? (words[value.toLowerCase()] ?? value) : value,
    ),
    FlagField({ optional: true, ...options }),
  );
}

/** An object described by another DTO class. */
export function ObjectField(options: FieldOptions & { type: () => new () => object }): PropertyDecorator {
  return field(
    options,
    { type: options.type },
    Type(options.type),
    // ValidateNested alone also accepts a list of such objects.
    IsObject({ message: 'Must be an object.' }),
    ValidateNested({ message: 'Must be an object.' }),
  );
}

export function ListField(
  options: FieldOptions & { type: () => new () => object; min?: number; max: number },
): PropertyDecorator {
  const { type, min = 0, max } = options;
  return field(
    options,
    { type, isArray: true, minItems: min, maxItems: max },
    Type(type),
    IsArray({ message: 'Must be a list.' }),
    ArrayMinSize(min, { message: `At least ${min}.` }),
    ArrayMaxSize(max, { message: `At most ${max}.` }),
    ValidateNested({ each: true, message: 'Must be objects.' }),
  );
}

/** A value that a service validates, such as a recurrence. This decorator only documents its schema. */
export function FreeField(options: FieldOptions & { schema: ApiPropertyOptions }): PropertyDecorator {
  return field(options, options.schema, ValidateBy({ name: 'free', validator: { validate: () => true } }));
}
