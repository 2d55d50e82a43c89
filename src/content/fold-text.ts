/** White space, in text of the normal form KC. The SQL function `fold_text` has the same list. */
const SPACES = /[\t-\r \u0085\u1680\u2028\u2029]+/gu;

/**
 * Returns text as searches compare it: composed characters and compatible forms (Unicode NFKC), upper and lower case, both
 * forms of the small sigma, and all white space are equal. The SQL function `fold_text` does the same to what is searched.
 */
export function foldText(text: string): string {
  // Without its dot, as PostgreSQL does.
  return text.normalize('NFKC').replaceAll('İ', 'i').toLowerCase().replaceAll('ς', 'σ').replace(SPACES, ' ');
}
