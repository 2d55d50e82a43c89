export const HUES = ['rose', 'clay', 'amber', 'moss', 'teal', 'sky', 'violet', 'pink'] as const;
type Hue = (typeof HUES)[number];

function preferred(id: string): number {
  let hash = 0;
  for (const character of id) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0;
  return Math.abs(hash) % HUES.length;
}

/**
 * A hue for each person: the one of their id, or the next that nobody has. The ids of older accounts are smaller and choose
 * first, so that nobody changes colour when somebody joins. Two people have the same one only when there are more than hues.
 */
export function assignHues(ids: Iterable<string>): Map<string, Hue> {
  const hues = new Map<string, Hue>();
  for (const id of [...ids].sort()) {
    const free = new Set(HUES.keys());
    for (const taken of [...hues.values()].slice(Math.floor(hues.size / HUES.length) * HUES.length))
      free.delete(HUES.indexOf(taken));
    let hue = preferred(id);
    while (!free.has(hue)) hue = (hue + 1) % HUES.length;
    hues.set(id, HUES[hue]!);
  }
  return hues;
}
