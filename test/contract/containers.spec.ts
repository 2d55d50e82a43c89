import { existsSync, readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src/platform/config/settings.js';

// Neither the tests nor their machine have a container engine: these are the mistakes that one can find without it.

interface Service {
  environment?: Record<string, string>;
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: object;
}
const read = (file: string): string => readFileSync(file, 'utf8');
const compose = load(read('compose.yaml')) as { services: Record<string, Service>; volumes: Record<string, null> };
const stages = read('Dockerfile')
  .split(/^FROM /m)
  .slice(1);

describe('the Dockerfile', () => {
  const [final = ''] = stages.slice(-1);

  it('ends in an image without the compiler, that runs as an ordinary user and says whether it works', () => {
    expect(stages).toHaveLength(3);
    expect(final).not.toMatch(/npm (ci|run|install)/);
    expect(final).toMatch(/^USER node$/m);
    expect(final).toMatch(/^HEALTHCHECK .*\n.*\/health\/ready/m);
  });

  it('copies what is there, and starts what npm run start:prod starts', () => {
    const ignored = read('.dockerignore').split('\n');
    for (const stage of stages) {
      for (const [, from, sources] of stage.matchAll(/^COPY (--from=\S+ )?(.+) \S+$/gm)) {
        if (from) continue;
        for (const source of sources!.split(' ')) {
          expect([source, existsSync(source)]).toEqual([source, true]);
          expect(ignored).not.toContain(source);
        }
      }
    }
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const command = /^CMD (\[.*\])$/m.exec(final)![1]!;
    expect((JSON.parse(command) as string[]).join(' ')).toBe(scripts['start:prod']);
    expect(scripts['start:prod']).toMatch(/^node .*dist\/server\/start\.js$/);
  });

  it('has a Node that the package allows', () => {
    for (const stage of stages) expect(stage).toMatch(/^node:22-/);
  });
});

describe('compose.yaml', () => {
  it('sets only what the server knows, and needs only what is there', () => {
    const known = new Set(Object.values(SETTINGS).map(({ variable }) => variable));
    for (const name of ['server-1', 'server-2']) {
      for (const variable of Object.keys(compose.services[name]!.environment!)) expect(known).toContain(variable);
    }
    for (const [name, { depends_on = {}, volumes = [] }] of Object.entries(compose.services)) {
      for (const other of Object.keys(depends_on))
        expect([name, Object.keys(compose.services)]).toEqual([name, expect.arrayContaining([other])]);
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        expect([volume, source.startsWith('.') ? existsSync(source) : source in compose.volumes]).toEqual([
          volume,
          true,
        ]);
      }
    }
  });

  it('has a password nowhere', () => {
    expect(read('compose.yaml')).toMatch(/\$\{POSTGRES_PASSWORD:\?/);
    expect(read('compose.yaml')).toMatch(/\$\{JWT_SECRET:\?/);
  });

  it('leads nginx to both servers, the same person always to the same one', () => {
    const nginx = read('docs/nginx.conf');
    expect(nginx).toContain('ip_hash;');
    expect([...nginx.matchAll(/^ {2}server (\S+):3000/gm)].map(([, host]) => host)).toEqual(['server-1', 'server-2']);
    expect(nginx).toContain('proxy_buffering off;');
  });
});

describe('.github/workflows/ci.yml', () => {
  it('runs commands that exist', () => {
    const workflow = load(read('.github/workflows/ci.yml')) as { jobs: Record<string, { steps: { run?: string }[] }> };
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const commands = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    for (const command of commands) {
      const [, script] = /^npm run (\S+)/.exec(command) ?? [];
      if (script) expect(scripts).toHaveProperty([script]);
    }
    expect(commands).toContain('bash .ci/run');
    expect(existsSync('.ci/run')).toBe(true);
  });
});
