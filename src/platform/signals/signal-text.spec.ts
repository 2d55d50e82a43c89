import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { readSignal, writeSignal } from './signal-text.js';

const from = uuidv7();
const ids = (count: number): string[] => Array.from({ length: count }, () => uuidv7());

describe('writeSignal', () => {
  it('makes texts that PostgreSQL carries, and none for nobody', () => {
    const many = ids(5_000);
    const texts = writeSignal({ from, name: 'sessions_ended', ids: many });
    for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThan(8_000);
    expect(texts.flatMap((text) => readSignal(text)!.ids)).toEqual(many);
    expect(writeSignal({ from, name: 'news', ids: [] })).toEqual([]);
  });
});

describe('readSignal', () => {
  it('reads what was written', () => {
    const signal = { from, name: 'news', ids: ids(3) };
    expect(writeSignal(signal).map(readSignal)).toEqual([signal]);
  });

  it('passes over what a later version may add', () => {
    const signal = { from, name: 'something_new', ids: ids(1) };
    expect(readSignal(JSON.stringify({ ...signal, more: true }))).toEqual(signal);
  });

  it.each([
    '',
    'null',
    '7',
    '[]',
    '"news"',
    '{',
    '{}',
    `{"from":"${from}","name":"news"}`,
    `{"from":"${from}","name":"news","ids":"${from}"}`,
    `{"from":"${from}","name":"news","ids":[7]}`,
    `{"from":"${from}","name":"news","ids":["x"]}`,
    `{"from":"${from}","name":"news","ids":["${from} "]}`,
    `{"from":"${from}","name":7,"ids":[]}`,
    `{"name":"news","ids":[]}`,
    '\u0000',
    '['.repeat(7_000),
  ])('takes %j for no signal', (text) => {
    expect(readSignal(text)).toBeNull();
  });
});
