import { readFile } from 'node:fs/promises';

/** Beside this module in `dist`, where `npm run build` writes the documents. A server that runs from source has none. */
export const PREPARED_FOLDER = new URL('./prepared/', import.meta.url);

/** Returns what the build has prepared under this name, or else what `make` returns; read or made on the first call. */
export function prepared(name: string, make: () => Promise<string>): () => Promise<Buffer> {
  return once(async () => {
    try {
      return await readFile(new URL(name, PREPARED_FOLDER));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return Buffer.from(await make());
    }
  });
}

/** Returns a function that makes a value on its first call and returns the same one from then on. Retries after an error. */
export function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let value: Promise<Value> | undefined;
  return () => {
    value ??= make().catch((error: unknown) => {
      value = undefined;
      throw error;
    });
    return value;
  };
}
