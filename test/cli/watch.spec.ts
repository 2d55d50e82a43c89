import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CommandLine, expectSchema, type RunningCommand } from '../support/command-line.js';
import { CommandLineServer } from '../support/command-line-server.js';
import { call } from '../support/server-process.js';
import { PATIENCE_MS } from '../support/patient.js';

let server: CommandLineServer;
let ana: CommandLine;
let ben: CommandLine;
let id: string;
beforeEach(async () => {
  server = await CommandLineServer.start();
  [ana, ben] = [await CommandLine.create(server.url), await CommandLine.create(server.url)];
  await ana.signUp('ana');
  await ben.signUp('ben');
  id = (await ana.json<{ id: string }>('events', 'add', 'Plan', '2031-03-03 10:00-11:00')).id;
  await ana.ok('share', 'add', id, 'ben', '--role', 'editor');
});
afterEach(async () => {
  await ana.dispose();
  await ben.dispose();
  await server.dispose();
});

const shows = (command: RunningCommand, stream: 'stdout' | 'stderr', text: string): Promise<void> =>
  vi.waitFor(() => expect(command[stream]).toContain(text), { timeout: PATIENCE_MS, interval: 50 });

describe('convene watch', () => {
  it('shows what others do, goes on after a restart of the server with nothing missing, and ends with Ctrl-C', async () => {
    const watching = ana.start(['watch', '--others']);
    await shows(watching, 'stderr', `Connected to ${server.url}.`);
    await ben.ok('events', 'edit', id, '--title', 'Plan B');
    await shows(watching, 'stdout', 'ben renamed “Plan” to “Plan B”');
    await server.stop();
    await shows(watching, 'stderr', 'Connection lost. Connecting again');
    await server.startAgain();
    await ben.ok('events', 'edit', id, '--title', 'Plan C');
    await ana.ok('events', 'edit', id, '--location', 'Room 1');
    await ben.ok('events', 'edit', id, '--title', 'Plan D');
    await shows(watching, 'stdout', 'ben renamed “Plan C” to “Plan D”');
    expect(watching.stderr).toContain('Connected again; nothing was missed.');
    watching.interrupt();
    const { code, stdout, stderr } = await watching.ended;
    expect(code).toBe(0);
    const [day, ...lines] = stdout.trimEnd().split('\n');
    expect(day).toMatch(/^\w{3} \d+ \w{3} \d{4} · times in Europe\/Paris$/);
    expect(lines.map((line) => line.replace(/^ {2}\d+ {2}\d\d:\d\d:\d\d {2}[0-9a-f]{8} {2}/, ''))).toEqual([
      'ben renamed “Plan” to “Plan B”',
      'ben renamed “Plan B” to “Plan C”',
      'ben renamed “Plan C” to “Plan D”',
    ]);

    // What happens while nobody watches is shown from the number that it printed.
    const [, after] = /Continue with: convene watch --after (\d+)/.exec(stderr)!;
    await ben.ok('events', 'edit', id, '--title', 'Plan E');
    const later = await ana.run(['watch', '--after', after!, '--count', '1', '--json']);
    expect(later.code).toBe(0);
    const change = JSON.parse(later.stdout) as { message: string; seq: number };
    await expectSchema('NotificationView', change);
    expect(change).toMatchObject({ message: 'ben renamed “Plan D” to “Plan E”', seq: Number(after) + 1 });
    expect(later.stdout.trimEnd()).not.toContain('\n');
  });

  it('waits for a server that is not there yet', async () => {
    await server.stop();
    const watching = ana.start(['watch', '--count', '1']);
    await shows(watching, 'stderr', 'No connection yet');
    await server.startAgain();
    await shows(watching, 'stderr', 'Connected to');
    await ben.ok('events', 'edit', id, '--title', 'Plan B');
    expect((await watching.ended).code).toBe(0);
    expect(watching.stdout).toContain('ben renamed “Plan” to “Plan B”');
  });

  it('ends with 3 when the session ends', async () => {
    const watching = ana.start(['watch']);
    await shows(watching, 'stderr', 'Connected to');
    const { servers } = JSON.parse(await ana.readCredentials()) as {
      servers: Record<string, { sessions: Record<string, { access_token: string }> }>;
    };
    const token = servers[server.url]!.sessions['ana']!.access_token;
    await call(server.url, 'POST', '/api/auth/logout', { token });
    const { code, stderr } = await watching.ended;
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining('error: Your session has ended. (not_signed_in)') as string,
    ]);
  });

  it('says that there is no such change yet, and goes on with what comes', async () => {
    const watching = ana.start(['watch', '--after', '99999', '--count', '1']);
    await shows(watching, 'stderr', 'There is no change 99999 yet: the last one is ');
    await ben.ok('events', 'edit', id, '--title', 'Plan B');
    expect((await watching.ended).code).toBe(0);
    expect(watching.stdout).toContain('ben renamed “Plan” to “Plan B”');
    expect(watching.stderr).not.toContain('no longer has');
  });

  it('refuses what is not the number of a change', async () => {
    for (const after of ['x', '-1', '1.5'])
      expect([after, (await ana.fails('watch', `--after=${after}`)).code]).toEqual([after, 2]);
  });
});
