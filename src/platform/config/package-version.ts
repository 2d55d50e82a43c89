import { existsSync, readFileSync } from 'node:fs';

/** Returns the version in `package.json`. The built module lies one folder deeper than its source. */
export function packageVersion(): string {
  const file = ['../../../package.json', '../../../../package.json']
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(url))!;
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
