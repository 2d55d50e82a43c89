import type { FieldError } from '../../problems/problem.js';

/** Returns the indexes of the entries of a list that have errors. @param list the pointer to the list, such as `/events` */
export const entriesWithErrors = (list: string, errors: readonly FieldError[]): Set<number> =>
  new Set(errors.map(({ pointer }) => indexIn(list, pointer)));

/** Returns the errors in the order of the entries of a list; those of one entry keep their order. */
export const sortByEntry = (list: string, errors: readonly FieldError[]): FieldError[] =>
  [...errors].sort((a, b) => indexIn(list, a.pointer) - indexIn(list, b.pointer));

/** Returns a pointer into a list whose entries follow `count` others. @param member the name of the list in its body */
export function moveEntry(member: string, pointer: string, count: number): string {
  const [index, ...rest] = pointer.slice(member.length + 2).split('/');
  return [`/${member}`, Number(index) + count, ...rest].join('/');
}

/** Returns the index of the entry to which a pointer points; −1 for a pointer outside the list. */
export function indexIn(list: string, pointer: string): number {
  if (!pointer.startsWith(`${list}/`)) return -1;
  return Number.parseInt(pointer.slice(list.length + 1), 10);
}
