import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { OCCURRENCE_FIELDS, PLAIN_NAMES, plainFieldOf, type PlainName } from '../content/fields.js';
import { ChoiceField, TextField, WebAddressField } from '../platform/http/fields.js';

// Declares the properties of request and response bodies that are derived from the table of fields (content/fields.ts).

/** Declares the plain fields as properties of a request body. */
export function declareInputs(body: { prototype: object }): void {
  for (const name of PLAIN_NAMES) toInputDecorator(name)(body.prototype, name);
}

/** Declares the plain fields as properties of a response body. */
export function declareProperties(view: { prototype: object }): void {
  for (const name of PLAIN_NAMES) ApiProperty(toPropertyOptions(name))(view.prototype, name);
}

/** Declares the fields that an occurrence may override as properties of a response body. */
export function declareOccurrenceProperties(view: { prototype: object }, { optional = false } = {}): void {
  const Property = optional ? ApiPropertyOptional : ApiProperty;
  for (const name of OCCURRENCE_FIELDS) Property(toPropertyOptions(name))(view.prototype, name);
}

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
