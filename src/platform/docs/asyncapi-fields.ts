import { counted } from '../../problems/counted.js';
import { nameOf } from './asyncapi-model.js';

/** As much of JSON Schema as the documents use. */
export interface JsonSchemaNode {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  const?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  properties?: Record<string, JsonSchemaNode>;
  required?: string[];
  items?: JsonSchemaNode;
  allOf?: JsonSchemaNode[];
  anyOf?: JsonSchemaNode[];
  oneOf?: JsonSchemaNode[];
}

/** One row of a table of fields. */
export interface Field {
  /** With the fields around it: `actor.id`, `items[].id`. */
  name: string;
  type: string;
  isRequired: boolean;
  description: string;
  /** The only values that it takes, as JSON; empty when there is no such list. */
  values: string[];
  /** Bounds and patterns, in words. */
  limits: string[];
}

export type NamedSchemas = Record<string, object>;

/** The fields of an object, each followed by those inside it. A schema that contains itself is listed once. */
export function fieldsOf(schema: object, schemas: NamedSchemas): Field[] {
  return walk(schema, schemas, '', []);
}

function walk(schema: JsonSchemaNode, schemas: NamedSchemas, prefix: string, above: JsonSchemaNode[]): Field[] {
  const { properties = {}, required = [] } = resolve(schema, schemas);
  return Object.entries(properties).flatMap(([key, property]) => {
    const name = prefix + key;
    const node = resolve(property, schemas);
    const isRequired = required.includes(key);
    const { description = '' } = node;
    const field = { name, type: typeOf(node, schemas), isRequired, description, ...bounds(node) };
    const inner = node.items ? resolve(node.items, schemas) : node;
    // Resolving makes copies of everything but the properties themselves.
    if (!inner.properties || above.some((outer) => outer.properties === inner.properties)) return [field];
    return [field, ...walk(inner, schemas, `${name}${node.items ? '[]' : ''}.`, [...above, inner])];
  });
}

/** The schema with references and `allOf` put in place; what stands beside them wins. */
function resolve({ $ref, allOf = [], ...own }: JsonSchemaNode, schemas: NamedSchemas): JsonSchemaNode {
  const parts = $ref === undefined ? allOf : [schemas[nameOf({ $ref })] as JsonSchemaNode, ...allOf];
  return Object.assign({}, ...parts.map((part) => resolve(part, schemas)), own) as JsonSchemaNode;
}

function typeOf(node: JsonSchemaNode, schemas: NamedSchemas): string {
  const choices = node.oneOf ?? node.anyOf;
  if (choices) return choices.map((choice) => typeOf(resolve(choice, schemas), schemas)).join(' or ');
  if (node.items) return `array of ${typeOf(resolve(node.items, schemas), schemas)}`;
  const types = [node.type ?? 'any'].flat();
  return types.map((type) => (type === 'string' && node.format ? `string (${node.format})` : type)).join(' or ');
}

function bounds(node: JsonSchemaNode): Pick<Field, 'values' | 'limits'> {
  const allowed = node.enum ?? ('const' in node ? [node.const] : []);
  const limits = [
    node.minimum !== undefined && `at least ${node.minimum}`,
    node.maximum !== undefined && `at most ${node.maximum}`,
    node.minLength !== undefined && `at least ${counted(node.minLength, 'character')}`,
    node.maxLength !== undefined && `at most ${counted(node.maxLength, 'character')}`,
    node.pattern !== undefined && `matches ${node.pattern}`,
  ];
  return {
    values: allowed.map((value) => JSON.stringify(value)),
    limits: limits.filter((limit) => limit !== false),
  };
}
