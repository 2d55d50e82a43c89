import { existsSync, readFileSync } from 'node:fs';

/** This module lies one level deeper once it is built. */
export function packageVersion(): string {
  const file = ['../../../package.json', '../../../../package.json']
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(url))!;
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
