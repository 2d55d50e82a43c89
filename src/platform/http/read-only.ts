import type { Type } from '@nestjs/common';

/** A body class that also accepts the members of the representation that only the server sets. */
export interface WithReadOnlyMembers {
  readOnly?: ReadonlySet<string>;
}

// Where @nestjs/swagger keeps the documented properties of a class: their names after a colon, and each schema.
const NAMES = 'swagger/apiModelPropertiesArray';
const SCHEMA = 'swagger/apiModelProperties';

const documentedNames = (type: Type<object>): string[] =>
  ((Reflect.getMetadata(NAMES, type.prototype as object) ?? []) as string[]).map((name) => name.slice(1));

/**
 * Lets a client send back what it has read: the members of `view` that the body does not declare are accepted, ignored
 * and documented as read-only.
 */
export const AcceptsReadOnly =
  (view: Type<object>): ClassDecorator =>
  (target) => {
    const body = target as unknown as Type<object> & WithReadOnlyMembers;
    const declared = documentedNames(body);
    const names = documentedNames(view).filter((name) => !declared.includes(name));
    body.readOnly = new Set(names);
    const prototype = body.prototype as object;
    Reflect.defineMetadata(
      NAMES,
      [...declared, ...names].map((name) => `:${name}`),
      prototype,
    );
    for (const name of names) {
      const { example: _example, ...schema } = Reflect.getMetadata(SCHEMA, view.prototype as object, name) as {
        example?: unknown;
      };
      const description = 'Read-only: ignored.';
      Reflect.defineMetadata(SCHEMA, { ...schema, description, required: false }, prototype, name);
    }
  };

/** Returns the names that a body class ignores, for a subclass that uses some of them. */
export const ignoredBy = (body: Type<object>, { except }: { except: string[] }): ReadonlySet<string> =>
  new Set([...((body as WithReadOnlyMembers).readOnly ?? [])].filter((name) => !except.includes(name)));

/** Returns the object without the members that the body class ignores. */
export function omitReadOnly<Value extends object>(object: Value, { readOnly }: WithReadOnlyMembers): Value {
  if (!readOnly || !Object.keys(object).some((name) => readOnly.has(name))) return object;
  return Object.fromEntries(Object.entries(object).filter(([name]) => !readOnly.has(name))) as Value;
}
