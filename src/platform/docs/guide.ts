import { prepared } from '../openapi/prepared.js';

/** The file in which the build stores a page of the guide. */
export const guideFile = (name: string): string => (name ? `guide-${name}.html` : 'guide.html');

const read = new Map<string, () => Promise<Buffer>>();

/** Returns a page of the guide as the build made it, or from the source if there is no build; undefined if there is none. */
export async function readGuide(name: string): Promise<Buffer | undefined> {
  if (!/^[a-z-]*$/.test(name)) return undefined;
  const known = read.get(name);
  if (known) return known();
  const reader = prepared(guideFile(name), async () => {
    const { GUIDE_SOURCE, guidePages } = await import('./guide-pages.js');
    const pages = await guidePages(GUIDE_SOURCE);
    return Object.hasOwn(pages, name) ? pages[name]! : '';
  });
  const found = await reader().catch((error: NodeJS.ErrnoException) => {
    // The built server has no source to make a page from.
    if (error.code !== 'ENOENT') throw error;
    return Buffer.from('');
  });
  // Nobody fills the memory with names that do not exist.
  if (found.length === 0) return undefined;
  read.set(name, reader);
  return found;
}
