import type { Measurement } from './measurement.js';
import type { Scenario } from './scenario.js';
import { median, quantile } from './statistics.js';

/** One scenario: a measurement of each server per round. Without the reference, only the figures of Convene. */
export interface Row {
  scenario: Scenario;
  ours: Measurement;
  reference: Measurement | null;
  /** Requests per second of Convene divided by those of the reference, per round. */
  ratios: number[];
  /** How the answers of the reference differ; null if they have the same members. */
  difference: string | null;
}

const TITLE = 30;
const COLUMNS: { head: [string, string]; width: number; text: (row: Row) => string }[] = [
  { head: ['requests/s', 'Convene'], width: 10, text: ({ ours }) => rate(ours) },
  { head: ['', 'bare'], width: 8, text: ({ reference }) => rate(reference) },
  { head: ['ratio', 'median (range)'], width: 19, text: ({ ratios }) => ratioText(ratios) },
  { head: ['p50/p99 ms', 'Convene'], width: 17, text: ({ ours }) => latency(ours) },
  { head: ['', 'bare'], width: 17, text: ({ reference }) => latency(reference) },
  { head: ['Node µs', 'Convene'], width: 10, text: ({ ours }) => whole(ours.node) },
  { head: ['', 'bare'], width: 8, text: ({ reference }) => whole(reference?.node) },
  { head: ['PG µs', 'Convene'], width: 10, text: ({ ours }) => whole(ours.postgres) },
  { head: ['', 'bare'], width: 8, text: ({ reference }) => whole(reference?.postgres) },
  { head: ['exch.', 'Convene'], width: 9, text: ({ ours }) => one(ours.exchanges) },
];

/** Returns the two lines above the rows. */
export function tableHead(): string {
  const line = (part: 0 | 1, title: string): string =>
    title.padEnd(TITLE) + COLUMNS.map(({ head, width }) => head[part].padStart(width)).join('');
  return `${line(0, '')}\n${line(1, '')}`;
}

/** Returns the line of a scenario. */
export function tableRow(row: Row): string {
  return row.scenario.title.padEnd(TITLE) + COLUMNS.map(({ text, width }) => text(row).padStart(width)).join('');
}

/** Returns what to know about the rows. */
export function tableNotes(rows: Row[]): string {
  const notes = rows.flatMap(({ scenario: { title, less }, ours, reference, difference }) => {
    if (!reference) return [];
    const sizes = `answers with ${reference.bytes} bytes instead of ${ours.bytes}`;
    const parts = [less, difference, differs(ours.bytes, reference.bytes) && sizes].filter(Boolean);
    return parts.length === 0 ? [] : [`${title}: the bare server ${parts.join(', ')}.`];
  });
  const columns = 'Node and PG: processor time per request. exch.: exchanges with the database per request.';
  return [columns, ...notes].join('\n');
}

const ROW = /^(.{30})\s+(?:[\d.,]+)\s+(?:[\d.,]+)\s+([\d.]+) \(([\d.]+)–([\d.]+)\)/;

export interface Ratio {
  title: string;
  median: number;
  low: number;
  high: number;
}

/** Reads the ratios from a table. */
export function readRatios(text: string): Ratio[] {
  return text.split('\n').flatMap((line) => {
    const [, title, middle, low, high] = ROW.exec(line) ?? [];
    return title === undefined
      ? []
      : [{ title: title.trim(), median: Number(middle), low: Number(low), high: Number(high) }];
  });
}

const differs = (ours: number, theirs: number): boolean => Math.max(ours, theirs) > 1.2 * Math.min(ours, theirs);
const one = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '–' : value.toFixed(1);
const whole = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '–' : value.toFixed(0);

function rate(measurement: Measurement | null): string {
  if (!measurement) return '–';
  const { perSecond } = measurement;
  return perSecond < 100 ? perSecond.toFixed(1) : perSecond.toFixed(0);
}

function latency(measurement: Measurement | null): string {
  if (!measurement) return '–';
  return [0.5, 0.99].map((part) => quantile(measurement.latencies, part).toFixed(1)).join(' / ');
}

function ratioText(ratios: number[]): string {
  if (ratios.length === 0) return '–';
  const [low, high] = [Math.min(...ratios), Math.max(...ratios)];
  return `${median(ratios).toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}
