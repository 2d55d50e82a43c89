/** An entity tag (RFC 9110 §8.8.3), without its quotes. */
export interface EntityTag {
  value: string;
  weak: boolean;
}

// An empty member is allowed (RFC 9110 §5.6.1). A bare number stands for a tag: shells swallow quotes.
const MEMBER = /\s*(?:(W\/)?"([\x21\x23-\x7e\x80-\uffff]*)"|(\d+)|)\s*(?:,|$)/y;

/**
 * Parses the value of `If-Match` or `If-None-Match` (RFC 9110 §13.1): `*` for any representation, or a list of entity
 * tags. Returns null if it is neither.
 */
export function parseEntityTags(header: string): '*' | EntityTag[] | null {
  if (header.trim() === '*') return '*';
  const tags: EntityTag[] = [];
  MEMBER.lastIndex = 0;
  while (MEMBER.lastIndex < header.length) {
    const match = MEMBER.exec(header);
    if (!match) return null;
    const [, weak, quoted, bare] = match;
    const value = quoted ?? bare;
    if (value !== undefined) tags.push({ value, weak: weak !== undefined });
  }
  return tags.length > 0 ? tags : null;
}
