import { forEachPart } from '../hooks/map-in-parts.js';
import type { Transaction } from './transaction.js';

/** More rows than any request but an import writes. */
const ROWS_PER_STATEMENT = 250;

/**
 * Writes rows with one statement, or many rows with several that are sent one after another: between them, the server
 * handles other requests.
 */
export const writeInParts = <Row>(tx: Transaction, rows: readonly Row[], write: (part: Row[]) => void): Promise<void> =>
  forEachPart(rows, ROWS_PER_STATEMENT, async (part) => {
    write(part);
    if (rows.length > ROWS_PER_STATEMENT) await tx.flush();
  });
