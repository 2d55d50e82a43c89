import { diffWordsWithSpace } from 'diff';

/** A piece of text that both versions have, or that was inserted or deleted. */
export interface TextOperation {
  op: 'equal' | 'insert' | 'delete';
  text: string;
}

/** Texts that share almost nothing are replaced as a whole: comparing their words would be slow and useless. */
const MAX_COMPARISON_MS = 50;

/**
 * Compares two texts word by word, including white space. The equal and deleted pieces together are the first text, the
 * equal and inserted ones the second.
 */
export function compareTexts(from: string, to: string): TextOperation[] {
  const parts = diffWordsWithSpace(from, to, { timeout: MAX_COMPARISON_MS });
  if (!parts)
    return dropEmpty([
      { op: 'delete', text: from },
      { op: 'insert', text: to },
    ]);
  return parts.map(({ added, removed, value }) => ({
    op: added ? 'insert' : removed ? 'delete' : 'equal',
    text: value,
  }));
}

const dropEmpty = (operations: TextOperation[]): TextOperation[] => operations.filter(({ text }) => text !== '');
