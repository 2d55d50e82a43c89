import { compileRecord } from '../records/compile-record.js';

type Texts = (string | null)[];
type Row = Record<string, unknown>;

/** What the driver knows of the columns of a result. */
export interface DescribedColumns {
  fields: { name: string; dataTypeID: number }[];
  _parsers: ((text: string) => unknown)[] | undefined;
}

/** By the names and types of the columns, so that the connections share them. Statements are texts of the code, so they are few. */
const compiled = new Map<string, (texts: Texts) => Row>();

/** Returns a function that makes a row of the texts that PostgreSQL sends, which takes half as long as with the driver's own. */
export function rowParserOf({ fields, _parsers = [] }: DescribedColumns): (texts: Texts) => Row {
  const key = fields.map(({ name, dataTypeID }) => `${name} ${dataTypeID}`).join('\n');
  let parse = compiled.get(key);
  if (!parse) compiled.set(key, (parse = compile(fields, _parsers)));
  return parse;
}

function compile(fields: DescribedColumns['fields'], parsers: ((text: string) => unknown)[]): (texts: Texts) => Row {
  return compileRecord<Texts, Row>(
    fields.map(({ name }, index) => {
      const parser = parsers[index]!;
      return [
        name,
        (texts) => {
          const text = texts[index]!;
          return text === null ? null : parser(text);
        },
      ];
    }),
  );
}
