import { forEachPart } from '../hooks/map-in-parts.js';
import type { Transaction } from './transaction.js';

/** More rows than any request but an import writes. */
const ROWS_PER_STATEMENT = 250;

/**
 * Writes rows with one statement, or many rows with several that are sent one after another: between them, the server
 * handles other requests.
 * @param size of a part; more than by default for rows that take little to write down
 */
export const writeInParts = <Row>(
  tx: Transaction,
  rows: readonly Row[],
  write: (part: Row[]) => void,
  size = ROWS_PER_STATEMENT,
): Promise<void> =>
  forEachPart(rows, size, async (part) => {
    write(part);
    if (rows.length > size) await tx.flush();
  });
