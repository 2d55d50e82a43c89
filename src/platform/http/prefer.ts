/** The items of a list. Commas in quotes separate none. */
const ITEMS = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g;
/** A preference: its name and its value, without its parameters. */
const PREFERENCE = /^\s*([^\s=;"]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*)))?\s*(?:;|$)/;

/**
 * Returns whether a `Prefer` header contains a preference, such as `respond-async`, with a value if one is given
 * (RFC 7240 §2). Names and values are compared without regard to case; of one that is sent twice, the first counts. Pure.
 */
export function hasPreference(header: string | string[] | undefined, name: string, value = ''): boolean {
  for (const item of String(header ?? '').match(ITEMS) ?? []) {
    const [, token = '', quoted, text] = PREFERENCE.exec(item.toLowerCase()) ?? [];
    if (token === name) return (quoted ?? text ?? '') === value;
  }
  return false;
}
