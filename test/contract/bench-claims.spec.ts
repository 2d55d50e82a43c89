import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url).pathname;

describe('the figures of the README', () => {
  it('are those of the newest table of the benchmark', () => {
    // Each begins with the time at which it was taken.
    const tables = readdirSync(`${ROOT}bench/results`)
      .filter((name) => name.endsWith('.txt'))
      .map((name) => readFileSync(`${ROOT}bench/results/${name}`, 'utf8'));
    const table = tables.sort().at(-1)!;
    // The ratio of each row, before its range in brackets.
    const ratios = [...table.matchAll(/ (\d\.\d\d) \(\d\.\d\d–\d\.\d\d\)/g)].map(([, ratio]) => Number(ratio));
    expect(ratios.length).toBeGreaterThan(5);
    const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(1));
    expect(readFileSync(`${ROOT}README.md`, 'utf8')).toContain(`: ${least}–${most} × its requests per second`);
  });
});
