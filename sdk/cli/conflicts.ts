import type { ConflictView, SlotView } from '../index.js';
import type { Cli } from './cli.js';
import { safeLine } from './text.js';
import { spanText } from './zones.js';

type Colors = ReturnType<Cli['colors']>;

/** The conflicts as a table: when, and with what. */
export function conflictLines(conflicts: readonly ConflictView[], zone: string, { bold, dim }: Colors): string[] {
  if (conflicts.length === 0) return [];
  const rows = conflicts.map((conflict) => ({
    busy: spanText(conflict, zone),
    title: conflict.title === null ? 'busy' : safeLine(conflict.title),
  }));
  const width = Math.max(4, ...rows.map(({ busy }) => busy.length));
  return [
    dim(`  Busy${' '.repeat(width - 4)}  With      (times in ${zone})`),
    ...rows.map(({ busy, title }) => `  ${busy.padEnd(width)}  ${bold(title)}`),
  ];
}

/** The free times that the server suggests. */
export function suggestionLines(suggestions: readonly SlotView[], zone: string, { dim, green }: Colors): string[] {
  if (suggestions.length === 0) return [];
  return [dim('  Free'), ...suggestions.map((slot) => `  ${green(spanText(slot, zone))}`)];
}
