import { fileURLToPath } from 'node:url';
import { until } from './embedded-postgres-harness.js';
import type { ServerProcess } from './server-process.js';

/** Options of Node for a server whose turns are measured. */
export const METERED = `--require=${fileURLToPath(new URL('turn-meter.cjs', import.meta.url))}`;

const ATTEMPTS = 5;

/** Returns the CPU time of the longest turn of the server's event loop since the last call, in milliseconds. */
export async function longestTurn(server: ServerProcess): Promise<number> {
  const from = server.output.length;
  process.kill(server.pid, 'SIGUSR2');
  const found = (): RegExpExecArray | null => /longest turn ([\d.]+) ms/.exec(server.output.slice(from));
  await until(() => found() !== null);
  return Number(found()![1]);
}

/**
 * Measures until a figure is short enough, at most five times, and returns the figures of the last time. What the machine does
 * meanwhile counts as well; what really holds the others does so each time.
 * @param isSame whether a repetition did the same work: one that did not, such as a second event that is refused, says nothing,
 *   and the first figures stand
 */
export async function measureUntil<Figures>(
  isShort: (figures: Figures) => boolean,
  measure: () => Promise<Figures>,
  isSame: (first: Figures, again: Figures) => boolean = () => true,
): Promise<Figures> {
  const first = await measure();
  let figures = first;
  for (let attempt = 1; attempt < ATTEMPTS && !isShort(figures); attempt += 1) {
    figures = await measure();
    if (!isSame(first, figures)) return first;
  }
  return figures;
}
