/** Draws bench/results/chart.svg from the newest results that compare both servers: npm run bench:chart */
import { writeFileSync } from 'node:fs';
import { readResults, RESULTS } from './results.js';
import { type Ratio, readRatios } from './table.js';

const ROW = 22;
const TOP = 34;
const LEFT = 210;
/** Pixels of a ratio of 1. */
const SCALE = 420;
const WIDTH = 720;
const LARGEST = (WIDTH - LEFT - 50) / SCALE;

const ratios = readResults()
  .map(readRatios)
  .findLast((rows) => rows.length > 0);
if (!ratios) throw new Error('No results yet: npm run bench -- --save');
writeFileSync(new URL('chart.svg', RESULTS), draw(ratios));
console.log(`Drew ${ratios.length} bars.`);

function draw(rows: Ratio[]): string {
  const height = TOP + rows.length * ROW + 6;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((ratio) => {
    const x = LEFT + ratio * SCALE;
    return `<line class="grid" x1="${x}" x2="${x}" y1="${TOP - 6}" y2="${height - 6}"/>
  <text class="tick" x="${x}" y="${TOP - 12}" text-anchor="middle">${ratio === 1 ? 'bare server' : ratio}</text>`;
  });
  // The colours are readable on white and on black, for viewers that ignore the query.
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">
  <title>Requests per second of Convene, as a share of those of a bare server that does the same durable work</title>
  <style>
    text { font: 12px system-ui, sans-serif; fill: #4b5563; }
    .tick { font-size: 11px; }
    .grid { stroke: #9ca3af; stroke-opacity: 0.4; }
    .bar { fill: #2f7fd6; }
    .range { stroke: #4b5563; stroke-width: 1.5; }
    @media (prefers-color-scheme: dark) {
      text { fill: #c9d1d9; }
      .bar { fill: #4493f8; }
      .range { stroke: #c9d1d9; }
    }
  </style>
  ${ticks.join('\n  ')}
  ${rows.map(drawRow).join('\n  ')}
</svg>
`;
}

function drawRow({ title, median, low, high }: Ratio, index: number): string {
  const middle = TOP + index * ROW + ROW / 2;
  const x = (ratio: number): string => (LEFT + Math.min(ratio, LARGEST) * SCALE).toFixed(1);
  const width = (Math.min(median, LARGEST) * SCALE).toFixed(1);
  return `<text x="${LEFT - 8}" y="${middle + 4}" text-anchor="end">${escape(title)}</text>
  <rect class="bar" x="${LEFT}" y="${middle - 7}" width="${width}" height="14" rx="2"/>
  <line class="range" x1="${x(low)}" x2="${x(high)}" y1="${middle}" y2="${middle}"/>
  <text x="${Number(x(high)) + 6}" y="${middle + 4}">${median.toFixed(2)}</text>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
