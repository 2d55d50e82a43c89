import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGE = readFileSync(`${ROOT}ARCHITECTURE.md`, 'utf8');
const RULES: string = '../../.dependency-cruiser.mjs';
const { ROOMS } = (await import(RULES)) as { ROOMS: string[] };

const section = (title: string): string => PAGE.split(`## ${title}`)[1]!.split('\n## ')[0]!;

const sources = (readdirSync(`${ROOT}src`, { recursive: true }) as string[])
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
  .map((path) => ({ path, text: readFileSync(`${ROOT}src/${path}`, 'utf8') }));

describe('ARCHITECTURE.md', () => {
  it('lists the rooms that there are, in the order of the import rules', () => {
    const listed = [...section('Rooms').matchAll(/^ {2}([a-z-]+)\/ /gm)].map((match) => match[1]);
    expect(listed).toEqual(ROOMS);
    expect(ROOMS.filter((room) => !existsSync(`${ROOT}src/${room}`))).toEqual([]);
  });

  it('names only files and folders that exist', () => {
    const paths = [...PAGE.matchAll(/[a-z-]+(?:\/[\w.-]+)+\w/g)].map((match) => match[0]);
    const files = paths.filter((path) => /\.(ts|md)$/.test(path) || /^(src|test|docs|migrations)\//.test(path));
    expect(files.length).toBeGreaterThan(30);
    expect(files.filter((path) => !existsSync(ROOT + path) && !existsSync(`${ROOT}src/${path}`))).toEqual([]);
  });

  it('lists every hook, and every file that listens to one', () => {
    const offered = sources.flatMap(({ text }) =>
      [...text.matchAll(/new Hook<.*?>\('([\w.]+)'\)/g)].map(([, name]) => name!),
    );
    const rows = [...section('Hooks').matchAll(/^\| `([\w.]+)`(.*)$/gm)];
    expect(rows.map(([, name]) => name).sort()).toEqual(offered.sort());

    const properties = [...new Set(offered.map((name) => name.split('.')[1]!))];
    const listening = sources.flatMap(({ path, text }) =>
      properties
        .filter((property) => new RegExp(`\\.${property}\\.on\\(`).test(text))
        .map((property) => `${property} ${path}`),
    );
    const listed = rows.flatMap(([, name, row]) =>
      [...row!.matchAll(/[a-z-]+\/[\w.-]+\.ts/g)].map(([path]) => `${name!.split('.')[1]} ${path}`),
    );
    expect([...new Set(listening)].sort()).toEqual([...new Set(listed)].sort());
  });

  it('offers no other registry of callbacks', () => {
    // Signals are the bus between servers; sockets, streams and processes have events of their own.
    const registries = sources.flatMap(({ path, text }) =>
      [...text.matchAll(/^ {2}(on[A-Z]\w*|listen\w*)\(.*(?:listener|handler|callback)/gm)].map(
        ([, name]) => `${path} ${name}`,
      ),
    );
    expect(registries).toEqual(['platform/signals/signals.ts onReconnect']);
  });

  it('answers where each change goes with a file that exists', () => {
    const rows = section('Where does my change go?')
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| you want') && !line.startsWith('| --'))
      .map((line) => line.split('|').map((cell) => cell.trim()));
    expect(rows.length).toBeGreaterThanOrEqual(15);
    const first = rows.map(([, , file]) => file!);
    expect(first.filter((file) => file.startsWith('src/') && !existsSync(ROOT + file))).toEqual([]);
    expect(first.filter((file) => file.startsWith('src/')).length).toBeGreaterThanOrEqual(13);
  });
});
