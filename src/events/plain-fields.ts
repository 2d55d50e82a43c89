import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { OCCURRENCE_FIELDS, PLAIN_NAMES, plainFieldOf, type PlainName } from '../content/fields.js';
import { ChoiceField, TextField, WebAddressField } from '../platform/http/fields.js';

// The properties of bodies and answers that follow from the table of fields (content/fields.ts).

/** Declares the fields that are stored as they are sent, as properties of a body. */
export function declareInputs(body: { prototype: object }): void {
  for (const name of PLAIN_NAMES) inputOf(name)(body.prototype, name);
}

/** Declares those fields as properties of an answer. */
export function declareProperties(view: { prototype: object }): void {
  for (const name of PLAIN_NAMES) ApiProperty(propertyOf(name))(view.prototype, name);
}

/** Declares the fields of which an occurrence may have a value of its own, as properties of an answer. */
export function declareOccurrenceProperties(view: { prototype: object }, { optional = false } = {}): void {
  const Property = optional ? ApiPropertyOptional : ApiProperty;
  for (const name of OCCURRENCE_FIELDS) Property(propertyOf(name))(view.prototype, name);
}

function inputOf(name: PlainName): PropertyDecorator {
  const { column, empty, input } = plainFieldOf(name);
  const { description, example, minLength: min, maxLength: max = 255, values, format } = input;
  const optional = empty !== undefined;
  const options = { description, example, optional, nullable: column.nullable };
  if (values) return ChoiceField({ ...options, values });
  return format === 'web_address' ? WebAddressField({ ...options, max }) : TextField({ ...options, min, max });
}

function propertyOf(name: PlainName): ApiPropertyOptions {
  const { column, input } = plainFieldOf(name);
  const { description, example, values } = input;
  const common = { description, example, ...(column.nullable ? { nullable: true } : {}) };
  return values ? { ...common, enum: [...values] } : { ...common, type: String };
}
