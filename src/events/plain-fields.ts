import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { OCCURRENCE_FIELDS, PLAIN_NAMES, plainFieldOf, type PlainName } from '../content/fields.js';
import { ChoiceField, TextField, WebAddressField } from '../platform/http/fields.js';

// Decorators that give a class the properties that are derived from the table of fields (content/fields.ts). No class can
// spell them out, so a class that extends a decorated one is given their types by `Class`.

export type Class<Shape> = new () => Shape;

/** Gives a request body the plain fields. */
export const PlainInputs = (): ClassDecorator => (body) => {
  for (const name of PLAIN_NAMES) toInputDecorator(name)(body.prototype as object, name);
};

/** Gives a response body the plain fields. */
export const PlainProperties = (): ClassDecorator => (view) => {
  for (const name of PLAIN_NAMES) ApiProperty(toPropertyOptions(name))(view.prototype as object, name);
};

/** Gives a response body the fields that an occurrence may override. */
export const OccurrenceProperties =
  ({ optional = false } = {}): ClassDecorator =>
  (view) => {
    const Property = optional ? ApiPropertyOptional : ApiProperty;
    for (const name of OCCURRENCE_FIELDS) Property(toPropertyOptions(name))(view.prototype as object, name);
  };

function toInputDecorator(name: PlainName): PropertyDecorator {
  const { column, empty, input } = plainFieldOf(name);
  const { description, example, minLength: min, maxLength: max = 255, values, format } = input;
  const optional = empty !== undefined;
  const options = { description, example, optional, nullable: column.nullable };
  if (values) return ChoiceField({ ...options, values });
  return format === 'web_address' ? WebAddressField({ ...options, max }) : TextField({ ...options, min, max });
}

function toPropertyOptions(name: PlainName): ApiPropertyOptions {
  const { column, input } = plainFieldOf(name);
  const { description, example, values } = input;
  const common = { description, example, ...(column.nullable ? { nullable: true } : {}) };
  return values ? { ...common, enum: [...values] } : { ...common, type: String };
}
