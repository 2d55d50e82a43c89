import type { DataSource } from 'typeorm';
import { type HistoryProblem, type HistorySummary, verifyHistory } from '../src/history/verify-history.js';
import { counted } from './counted.js';

/**
 * Verifies history as of one moment, in a transaction that only reads.
 * @param report called with the first problem of each event that has one
 * @param only ids of the events to verify; null for all
 */
export function verifyInSnapshot(
  dataSource: DataSource,
  report: (problem: HistoryProblem) => void,
  only: string[] | null = null,
): Promise<HistorySummary> {
  return dataSource.transaction('REPEATABLE READ', async (manager) => {
    await manager.query('SET TRANSACTION READ ONLY');
    return verifyHistory((sql, parameters) => manager.query(sql, parameters), report, only);
  });
}

/** Returns what was verified and found, as one line. */
export function formatSummary({ events, entries, problems }: HistorySummary): string {
  const verdict = problems === 0 ? 'no problems' : `${counted(problems, 'event is', 'events are')} wrong`;
  return `${counted(events, 'event')}, ${counted(entries, 'entry', 'entries')} of history: ${verdict}`;
}
