/** A column of the table `events` that holds a part of the content. `Value` is its type in memory. */
export interface Column<Value = unknown> {
  type: 'varchar' | 'text' | 'timestamp with time zone' | 'boolean' | 'jsonb';
  length?: number;
  nullable: boolean;
  /** Stored by the database when an insert omits the column. */
  default?: unknown;
  /** The only values that the column accepts; absent when any value fits. */
  values?: readonly string[];
  /** Comment of the column in the database; the migration has the same text. */
  comment?: string;
  /** Only for the type checker. */
  value?: Value;
}

export type ValueOf<C> = C extends Column<infer Value> ? Value : never;

export const varchar = (length: number): Column<string> => ({ type: 'varchar', length, nullable: false });
export const text = (): Column<string> => ({ type: 'text', nullable: false });
export const instant = (): Column<Date> => ({ type: 'timestamp with time zone', nullable: false });
export const flag = (): Column<boolean> => ({ type: 'boolean', nullable: false });
export const list = <Item>(): Column<Item[]> => ({ type: 'jsonb', nullable: false, default: [] });

/** Declares a text column with a closed list of values. The first value is the default. */
export const oneOf = <const Value extends string>(...values: [Value, ...Value[]]): Column<Value> => ({
  type: 'text',
  nullable: false,
  default: values[0],
  values,
});

export const nullable = <Value>(column: Column<Value>): Column<Value | null> => ({
  ...(column as Column<Value | null>),
  nullable: true,
});

export const withComment = <Value>(column: Column<Value>, comment: string): Column<Value> => ({ ...column, comment });

export type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;

/** Returns `showAs` for `show_as`. */
export const camelCase = <Name extends string>(name: Name): Camel<Name> =>
  name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase()) as Camel<Name>;

/** Returns `show_as` for `showAs`. */
export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
