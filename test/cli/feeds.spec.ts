import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine, expectSchema } from '../support/command-line.js';
import { CommandLineServer } from '../support/command-line-server.js';

let server: CommandLineServer;
let ana: CommandLine;
beforeAll(async () => {
  server = await CommandLineServer.start();
  ana = await CommandLine.create(server.url);
  await ana.signUp('ana', 'Europe/Paris');
  await ana.ok('events', 'add', 'Secret plan', '2031-03-03 10:00-11:00');
});
afterAll(async () => {
  await ana.dispose();
  await server.dispose();
});

const linkIn = (text: string): string => /^http.*\.ics$/m.exec(text)![0];

describe('convene feed', () => {
  it('makes a feed whose link is printed once, replaces the link, and revokes it', async () => {
    expect(await ana.ok('feed', 'ls')).toBe('No feeds.\nMake one with: convene feed add\n');
    const made = await ana.ok('feed', 'add', 'For the family', '--shows', 'busy');
    expect(made).toMatch(
      /^Made “For the family”: only when you are busy\.\nhttp.*\nThe link is not shown again\..*\n$/,
    );
    const file = await (await fetch(linkIn(made))).text();
    expect([file.includes('DTSTART'), file.includes('Secret plan')]).toEqual([true, false]);
    expect(await ana.ok('feed', 'ls')).toMatch(
      /^ {2}\w{8} {2}For the family {2}only when you are busy, fetched .*\n1 feed · times in Europe\/Paris\n$/,
    );
    const replaced = await ana.ok('feed', 'replace', 'for the FAMILY');
    expect((await fetch(linkIn(made))).status).toBe(404);
    expect((await fetch(linkIn(replaced))).status).toBe(200);
    expect(await ana.ok('feed', 'rm', 'for the family')).toBe('Revoked “For the family”.\n');
    expect((await fetch(linkIn(replaced))).status).toBe(404);
  });

  it('names a feed by its id where a name is not enough', async () => {
    const { id } = await ana.json<{ id: string }>('feed', 'add', '--shows', 'viewer');
    await ana.ok('feed', 'add', 'Twice');
    await ana.ok('feed', 'add', 'twice');
    const feeds = await ana.json<{ items: { id: string; kind: string; role: string | null }[] }>('feed', 'ls');
    await expectSchema('FeedsView', feeds);
    expect(feeds.items[0]).toMatchObject({ id, kind: 'role', role: 'viewer' });
    const refused = await ana.fails('feed', 'rm', 'twice');
    const ids = feeds.items.slice(1).map((feed) => feed.id.slice(-8));
    expect(refused).toEqual({
      code: 2,
      stderr: `error: “twice” is the name of 2 feeds. Name one of them: ${ids.join(', ')}. (usage)\n`,
    });
    expect(await ana.ok('feed', 'rm', id.slice(-8))).toBe(`Revoked ${id.slice(-8)}.\n`);
    expect((await ana.fails('feed', 'rm', id)).stderr).toContain('(nothing_found)');
    expect((await ana.fails('feed', 'rm')).stderr).toBe('error: Name a feed, or add --all. (usage)\n');
    expect(await ana.ok('feed', 'rm', '--all')).toBe('Revoked 2 feeds.\n');
  });

  it('refuses contents that there are none of', async () => {
    expect((await ana.fails('feed', 'add', '--shows', 'everything')).code).toBe(2);
  });
});
