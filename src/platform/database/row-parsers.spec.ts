import { describe, expect, it } from 'vitest';
import { rowParserOf } from './row-parsers.js';

const column = (name: string, dataTypeID: number) => ({ name, dataTypeID });
const asNumber = (text: string): number => Number(text);
const asText = (text: string): string => text;

describe('rowParserOf', () => {
  it('reads each text as its type, and null as null', () => {
    const fields = [column('count', 23), column('it\'s "named"', 25), column('none', 23)];
    const parse = rowParserOf({ fields, _parsers: [asNumber, asText, asNumber] });
    expect(parse(['12', '12', null])).toEqual({ count: 12, 'it\'s "named"': '12', none: null });
    expect(parse([null, '', '0'])).toEqual({ count: null, 'it\'s "named"': '', none: 0 });
  });

  it('tells columns of the same names and other types apart', () => {
    const first = rowParserOf({ fields: [column('value', 23)], _parsers: [asNumber] });
    const second = rowParserOf({ fields: [column('value', 25)], _parsers: [asText] });
    expect(first(['1'])).toEqual({ value: 1 });
    expect(second(['1'])).toEqual({ value: '1' });
  });

  it('keeps the last of two columns with the same name, as the driver does', () => {
    const parse = rowParserOf({ fields: [column('id', 23), column('id', 25)], _parsers: [asNumber, asText] });
    expect(parse(['1', '2'])).toEqual({ id: '2' });
  });

  it('reads a row without columns', () => {
    expect(rowParserOf({ fields: [], _parsers: undefined })([])).toEqual({});
  });
});
