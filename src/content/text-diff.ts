import { diffWordsWithSpace } from 'diff';

/** A stretch of text that stayed, came or went. */
export interface TextOperation {
  op: 'equal' | 'insert' | 'delete';
  text: string;
}

/** Texts that share almost nothing are told as a whole: comparing them word by word would take long and help nobody. */
const PATIENCE_MS = 50;

/**
 * Compares two texts word by word; white space counts. Joining what is equal or deleted gives the first text, what is
 * equal or inserted the second.
 */
export function textDifference(from: string, to: string): TextOperation[] {
  const parts = diffWordsWithSpace(from, to, { timeout: PATIENCE_MS });
  if (!parts)
    return nonEmpty([
      { op: 'delete', text: from },
      { op: 'insert', text: to },
    ]);
  return parts.map(({ added, removed, value }) => ({
    op: added ? 'insert' : removed ? 'delete' : 'equal',
    text: value,
  }));
}

const nonEmpty = (operations: TextOperation[]): TextOperation[] => operations.filter(({ text }) => text !== '');
