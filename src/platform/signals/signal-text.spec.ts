import { describe, expect, it } from 'vitest';
import { newId } from '../database/new-id.js';
import { readSignal, writeSignal } from './signal-text.js';

const from = newId();
const name = 'rows_changed';
const ids = (count: number): string[] => Array.from({ length: count }, () => newId());

describe('writeSignal', () => {
  it('returns texts that are short enough for PostgreSQL', () => {
    const many = ids(5_000);
    const texts = writeSignal({ from, name, ids: many });
    for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThan(8_000);
    expect(texts.flatMap((text) => readSignal(text)!.ids)).toEqual(many);
  });

  it('returns no text for no ids', () => {
    expect(writeSignal({ from, name, ids: [] })).toEqual([]);
  });
});

describe('readSignal', () => {
  it('reads what writeSignal wrote', () => {
    const signal = { from, name, ids: ids(3) };
    expect(writeSignal(signal).map(readSignal)).toEqual([signal]);
  });

  it('ignores members that it does not know', () => {
    const signal = { from, name: 'unknown', ids: ids(1) };
    expect(readSignal(JSON.stringify({ ...signal, more: true }))).toEqual(signal);
  });

  it.each([
    '',
    'null',
    '7',
    '[]',
    `"${name}"`,
    '{',
    '{}',
    `{"from":"${from}","name":"${name}"}`,
    `{"from":"${from}","name":"${name}","ids":"${from}"}`,
    `{"from":"${from}","name":"${name}","ids":[7]}`,
    `{"from":"${from}","name":"${name}","ids":["x"]}`,
    `{"from":"${from}","name":"${name}","ids":["${from} "]}`,
    `{"from":"${from}","name":7,"ids":[]}`,
    `{"name":"${name}","ids":[]}`,
    '\u0000',
    '['.repeat(7_000),
  ])('returns null for %j', (text) => {
    expect(readSignal(text)).toBeNull();
  });
});
