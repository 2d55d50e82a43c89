import type { Latency } from './measure.js';

const NAME_WIDTH = 27;

/** Prints the heading of a table with one column per database. */
export function printHeading(title: string, databases: { events: number; own: number }[]): void {
  const columns = databases.map(({ events, own }) => `${events} events, sees ${own}`.padStart(34)).join('');
  console.log(`\n${title}: median and p99 in ms, relative to the first column\n${''.padEnd(NAME_WIDTH)}${columns}`);
}

/** Prints the latencies of one call on each database. */
export function printLatencies(name: string, latencies: Latency[]): void {
  const [first] = latencies;
  const cells = latencies.map(({ median, p99 }, index) => {
    const ratio = index === 0 ? '' : `${(median / first!.median).toFixed(2)} ×`;
    return `${median.toFixed(2).padStart(12)}${p99.toFixed(1).padStart(10)}${ratio.padStart(12)}`;
  });
  console.log(name.padEnd(NAME_WIDTH) + cells.join(''));
}
