import { setImmediate } from 'node:timers/promises';

/** So many that the work on them takes a few milliseconds. */
const PART = 25;

/** Works on a list in parts, one after another: between them, the server handles other requests. */
export async function forEachPart<Item>(
  list: readonly Item[],
  size: number,
  work: (part: Item[]) => void | Promise<void>,
): Promise<void> {
  for (let from = 0; from < list.length; from += size) {
    if (from > 0) await setImmediate();
    await work(list.slice(from, from + size));
  }
}

/** Maps a list, in parts when it is long: between them, the server handles other requests. */
export async function mapInParts<Item, Result>(
  list: readonly Item[],
  map: (item: Item, index: number) => Result | Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < list.length; from += PART) {
    if (from > 0) await setImmediate();
    const part = list.slice(from, from + PART);
    results.push(...(await Promise.all(part.map((item, index) => map(item, from + index)))));
  }
  return results;
}
