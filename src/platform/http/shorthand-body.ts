import { applyDecorators, type Type } from '@nestjs/common';
import { ApiBody, ApiExtraModels, getSchemaPath } from '@nestjs/swagger';
import type { BodyShorthand } from './validation.pipe.js';

/** Documents a body that may also be a bare list of its entries or, if the class allows it, a single entry. */
export function ApiShorthandBody(type: Type & BodyShorthand, entry: Type): MethodDecorator {
  const item = { $ref: getSchemaPath(entry) };
  const list = { title: 'A bare list', type: 'array', items: item, minItems: 1 };
  return applyDecorators(
    ApiExtraModels(type, entry),
    ApiBody({ schema: { oneOf: [{ $ref: getSchemaPath(type) }, list, ...(type.shorthand?.single ? [item] : [])] } }),
  );
}
