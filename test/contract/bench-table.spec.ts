import { describe, expect, it } from 'vitest';
import type { Measurement } from '../../bench/measurement.js';
import { compareShapes } from '../../bench/shape.js';
import { readRatios, type Row, tableHead, tableNotes, tableRow } from '../../bench/table.js';

const measurement = (perSecond: number): Measurement => ({
  ...{ count: 3, perSecond, latencies: [1, 2, 300], bytes: 900 },
  ...{ node: 1_000, postgres: 500, exchanges: Number.NaN },
});

const row = (title: string, ratios: number[]): Row => ({
  scenario: { name: 'one', title, prepare: () => Promise.reject(new Error('not measured')) },
  ours: measurement(635.4),
  reference: ratios.length === 0 ? null : measurement(6_500),
  ratios,
  difference: null,
});

describe('the table of npm run bench', () => {
  it('can be read again, for the chart', () => {
    const rows = [row('GET one', [0.11, 0.09, 0.1]), row('page of 200 of 10,000 changes', [1.234, 0.5, 2])];
    expect(readRatios([tableHead(), ...rows.map(tableRow), tableNotes(rows)].join('\n'))).toEqual([
      { title: 'GET one', median: 0.1, low: 0.09, high: 0.11 },
      { title: 'page of 200 of 10,000 changes', median: 1.23, low: 0.5, high: 2 },
    ]);
  });

  it('shows what cannot be measured as a dash, and gives the chart nothing', () => {
    const line = tableRow(row('GET one', []));
    expect(line).toMatch(/^GET one +635 +– +– +2\.0 \/ 300\.0 +– +1000 +– +500 +– +–$/);
    expect(readRatios(line)).toEqual([]);
  });

  it('has lines of the same length', () => {
    const lines = [...tableHead().split('\n'), tableRow(row('GET one', [0.1])), tableRow(row('create', []))];
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  });
});

describe('the comparison of two answers', () => {
  it('names the members that one of them lacks', () => {
    const ours = '{"items":[{"id":1,"owner":{"id":2}}],"next":null}';
    expect(compareShapes(ours, '{"items":[{"id":7,"owner":{"id":8}}],"next":"x"}')).toBeNull();
    expect(compareShapes(ours, '{"items":[{"id":7}],"next":null,"total":1}')).toBe(
      'does not return items[].owner.id and also returns total',
    );
  });
});
