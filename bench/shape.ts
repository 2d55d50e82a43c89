/**
 * Returns the members of a JSON text as paths, such as `items[].owner.id`; of a list, those of its first item.
 */
export function shapeOf(json: string): string[] {
  return [...new Set(paths(JSON.parse(json), ''))];
}

/** Returns the members that one of two answers lacks, as a sentence without a subject; null if there are none. */
export function compareShapes(ours: string, theirs: string): string | null {
  const [mine, other] = [shapeOf(ours), shapeOf(theirs)];
  const missing = mine.filter((path) => !other.includes(path));
  const extra = other.filter((path) => !mine.includes(path));
  const parts = [
    missing.length > 0 && `does not return ${missing.join(', ')}`,
    extra.length > 0 && `also returns ${extra.join(', ')}`,
  ].filter(Boolean);
  return parts.length === 0 ? null : parts.join(' and ');
}

function paths(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.length === 0 ? [] : paths(value[0], `${path}[]`);
  if (value === null || typeof value !== 'object') return [path];
  return Object.entries(value).flatMap(([name, member]) => paths(member, path === '' ? name : `${path}.${name}`));
}
