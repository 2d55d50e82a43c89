/** A column of the table `events` that holds a part of the content. `Value` is its type in memory. */
export interface Column<Value = unknown> {
  type: 'varchar' | 'text' | 'timestamp with time zone' | 'boolean' | 'jsonb';
  length?: number;
  nullable: boolean;
  /** Set by the database when a row names no value. */
  default?: unknown;
  /** The only words that are stored. */
  words?: readonly string[];
  /** For people who read the database; the migration has the same text. */
  comment?: string;
  /** Only for the compiler. */
  value?: Value;
}

export type ValueOf<C> = C extends Column<infer Value> ? Value : never;

export const varchar = (length: number): Column<string> => ({ type: 'varchar', length, nullable: false });
export const text = (): Column<string> => ({ type: 'text', nullable: false });
export const instant = (): Column<Date> => ({ type: 'timestamp with time zone', nullable: false });
export const flag = (): Column<boolean> => ({ type: 'boolean', nullable: false });
export const list = <Item>(): Column<Item[]> => ({ type: 'jsonb', nullable: false, default: [] });

/** One of a closed list of words; the first is the default. */
export const oneOf = <const Word extends string>(...words: [Word, ...Word[]]): Column<Word> => ({
  type: 'text',
  nullable: false,
  default: words[0],
  words,
});

export const nullable = <Value>(column: Column<Value>): Column<Value | null> => ({
  ...(column as Column<Value | null>),
  nullable: true,
});

export const commented = <Value>(column: Column<Value>, comment: string): Column<Value> => ({ ...column, comment });

export type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;

/** `show_as` → `showAs`. */
export const camelCase = <Name extends string>(name: Name): Camel<Name> =>
  name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase()) as Camel<Name>;

/** `showAs` → `show_as`. */
export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
