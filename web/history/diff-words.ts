import type { TextOperationView } from '../../sdk/index.js';

/**
 * What two short sentences differ in, word by word, for those that the server does not compare itself (times and rules).
 * The common words at both ends are kept; what is between them is deleted and inserted.
 */
export function diffWords(from: string, to: string): TextOperationView[] {
  const [a, b] = [from.split(/(?<=\s)/), to.split(/(?<=\s)/)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const [removed, inserted] = [a.slice(start, a.length - end).join(''), b.slice(start, b.length - end).join('')];
  // The space after both is no part of the difference.
  const space = removed.endsWith(' ') && inserted.endsWith(' ') ? ' ' : '';
  const parts: TextOperationView[] = [
    { op: 'equal', text: a.slice(0, start).join('') },
    { op: 'delete', text: removed.slice(0, removed.length - space.length) },
    { op: 'insert', text: inserted.slice(0, inserted.length - space.length) },
    { op: 'equal', text: space + a.slice(a.length - end).join('') },
  ];
  return parts.filter(({ text }) => text !== '');
}
