import { distance } from 'fastest-levenshtein';

/** Names that differ by more letters are different words. */
const MAX_DISTANCE = 2;
/** Of shorter names, every other one is near. */
const MIN_LENGTH = 3;

/**
 * Returns the known name that the writer of an unknown one probably meant: spelled in another case or style (`startTime`),
 * shortened (`start`), or with a letter or two wrong (`titel`). Null when none is near. Pure.
 */
export function nearestName(unknown: string, known: Iterable<string>): string | null {
  const sought = bare(unknown);
  if (sought.length < MIN_LENGTH) return null;
  let nearest: { name: string; rank: number } | null = null;
  for (const name of known) {
    const rank = rankOf(sought, bare(name));
    if (rank !== null && rank < (nearest?.rank ?? Infinity)) nearest = { name, rank };
  }
  return nearest?.name ?? null;
}

const bare = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** Returns a number that is smaller for nearer names; null for names that are not near. */
function rankOf(sought: string, name: string): number | null {
  // Nearer than a name with two other letters: `start` is `start_date`, not `sort`.
  if (name.startsWith(sought) && name !== sought) return MAX_DISTANCE - 0.5;
  if (Math.abs(sought.length - name.length) <= MAX_DISTANCE) {
    const letters = distance(sought, name);
    if (letters <= Math.min(MAX_DISTANCE, Math.floor(name.length / 2))) return letters;
  }
  return null;
}
