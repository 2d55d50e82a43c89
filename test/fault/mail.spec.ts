import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getMe, requestPasswordReset } from '../../sdk/generated/sdk.gen.js';
import { Mails } from '../../src/mail/mails.js';
import { MailSender } from '../../src/mail/mail-sender.js';
import { Transactions } from '../../src/platform/database/transactions.js';
import { NO_REQUEST } from '../../src/platform/tracing/request-origin.js';
import { atOnce } from '../support/calls.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/embedded-postgres-harness.js';
import { startMailApp } from '../support/mail-box.js';
import { TestSmtpServer } from '../support/smtp-server.js';
import { ok, type TestApp } from '../support/test-app.js';

const MAILS = 200;

let database: TestDatabase;
let smtp: TestSmtpServer;
let closers: (() => Promise<void>)[];
beforeEach(async () => {
  database = await createDatabase();
  smtp = new TestSmtpServer();
  await smtp.start();
  closers = [];
});
afterEach(async () => {
  for (const close of closers) await close();
  await smtp.kill();
  await database.drop();
});

async function startServer(smtpUrl = smtp.url): Promise<TestApp> {
  const { app, close } = await startMailApp({ smtpUrl, mailFrom: 'Convene <convene@example.org>' }, database);
  closers.push(close);
  return app;
}

/** Writes a mail to each address, in a transaction of its own each. */
async function queue(app: TestApp, recipients: string[]): Promise<void> {
  const [mails, transactions] = [app.app.get(Mails), app.app.get(Transactions)];
  for (const recipient of recipients) {
    await transactions.run(NO_REQUEST, async (tx) =>
      mails.queue(tx, { kind: 'test', recipient, subject: 'A test', paragraphs: [recipient] }),
    );
  }
}

const addresses = (prefix: string, count = MAILS / 2): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}@example.com`);
const waiting = async (): Promise<number> =>
  (await database.query<{ count: number }>('SELECT count(*)::int FROM mails WHERE sent_at IS NULL'))[0]!.count;
const arrived = (): string[] => smtp.arrived.map(({ to }) => to).sort();

/** What a server does that finds due mails: the job, without the ten seconds. */
async function sendAll(apps: TestApp[]): Promise<void> {
  await until(async () => {
    // As if the time until the next attempt had passed.
    await database.query(
      `UPDATE mails SET next_attempt_at = now() WHERE sent_at IS NULL AND last_error IS NOT NULL
          AND next_attempt_at < now() + interval '4 minutes'`,
    );
    for (const { app } of apps) app.get(MailSender).poll();
    return (await waiting()) === 0;
  });
}

describe('a mail server that is killed in mid-run', () => {
  it('receives every mail exactly once when it is back, from two servers', async () => {
    const apps = [await startServer(), await startServer()];
    const all = [...addresses('a'), ...addresses('b')];
    let kills = 0;
    // Killed by the mails themselves, while others are on their way.
    smtp.behaviour.accept = async () => {
      if (kills < 3 && smtp.arrived.length >= (kills + 1) * 40) {
        kills += 1;
        await smtp.kill();
        setTimeout(() => void smtp.start(), 50);
      }
    };
    await Promise.all([queue(apps[0]!, addresses('a')), queue(apps[1]!, addresses('b'))]);
    await sendAll(apps);
    expect(kills).toBe(3);
    expect(smtp.cut).toBeGreaterThan(0);
    expect(arrived()).toEqual(all.sort());
    expect(new Set(smtp.arrived.map(({ headers }) => headers.get('message-id'))).size).toBe(MAILS);
    const rows = await database.query(`SELECT 1 FROM mails WHERE content IS NOT NULL OR failed_at IS NOT NULL`);
    expect(rows).toEqual([]);
  });

  it('receives a mail again whose acceptance it could not report, with the same Message-ID', async () => {
    const app = await startServer();
    const kept: string[] = [];
    smtp.behaviour.accept = async ({ headers }) => {
      kept.push(headers.get('message-id')!);
      if (kept.length === 1) {
        await smtp.kill();
        await smtp.start();
      }
    };
    await queue(app, ['ana@example.com']);
    await sendAll([app]);
    expect(kept).toHaveLength(2);
    expect(kept[1]).toBe(kept[0]);
  });
});

describe('two servers', () => {
  it('never send the same mail, whoever wrote it', async () => {
    const apps = [await startServer(), await startServer()];
    const senders = apps.map(({ app }) => app.get(MailSender));
    await Promise.all([
      queue(apps[0]!, addresses('a')),
      queue(apps[0]!, addresses('b')),
      atOnce(200, async (index) => {
        senders[index % 2]!.wake();
        await new Promise(setImmediate);
      }),
    ]);
    await sendAll(apps);
    expect(arrived()).toEqual([...addresses('a'), ...addresses('b')].sort());
  });

  it('send what a killed server had claimed, after its time', async () => {
    const app = await startServer();
    smtp.behaviour.accept = () => new Promise(() => undefined);
    await queue(app, ['ana@example.com']);
    await until(async () => (await database.query('SELECT 1 FROM mails WHERE attempts = 1')).length === 1);
    const other = await startServer();
    other.app.get(MailSender).poll();
    await ok(getMe({ client: (await other.signUp('ben')).client }));
    expect(await database.query(`SELECT attempts FROM mails WHERE recipient = 'ana@example.com'`)).toEqual([
      { attempts: 1 },
    ]);
    smtp.behaviour = {};
    await database.query(`UPDATE mails SET next_attempt_at = now() WHERE recipient = 'ana@example.com'`);
    other.app.get(MailSender).poll();
    await until(() => smtp.arrived.some(({ to }) => to === 'ana@example.com'));
  });
});

describe('a mail that is refused', () => {
  const refuse = (responseCode: number): void => {
    smtp.behaviour.accept = () => {
      throw Object.assign(new Error('refused'), { responseCode });
    };
  };
  const state = async (): Promise<Record<string, unknown>> =>
    (
      await database.query(
        `SELECT attempts, failed_at IS NOT NULL AS failed, content IS NULL AS erased, last_error AS error,
                next_attempt_at > now() AS later FROM mails`,
      )
    )[0]!;

  it('for now is sent later, and given up after some days', async () => {
    const app = await startServer();
    refuse(451);
    await queue(app, ['ana@example.com']);
    await until(async () => (await state()).error !== null);
    expect(await state()).toMatchObject({ attempts: 1, failed: false, erased: false, later: true });
    await database.query(`UPDATE mails SET created_at = created_at - interval '4 days', next_attempt_at = now()`);
    app.app.get(MailSender).poll();
    await until(async () => (await state()).failed === true);
    expect(await state()).toMatchObject({ attempts: 2, erased: true });
  });

  it('for good is not sent again, and keeps nobody waiting', async () => {
    const app = await startServer();
    refuse(550);
    await queue(app, ['ana@example.com']);
    await until(async () => (await state()).failed === true);
    expect(await state()).toMatchObject({ attempts: 1, erased: true });
    smtp.behaviour = {};
    await queue(app, ['ben@example.com']);
    await until(() => smtp.arrived.length === 1);
  });
});

describe('a mail server that never answers', () => {
  let silent: Server;
  const sockets = new Set<Socket>();
  beforeEach(async () => {
    silent = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => void silent.close(resolve));
  });

  it('makes no request wait, and holds no connection to the database', async () => {
    const { port } = silent.address() as { port: number };
    const app = await startServer(`smtp://127.0.0.1:${port}`);
    const ana = await app.signUp('ana');
    await until(() => sockets.size > 0);
    for (let time = 0; time < 5; time += 1) {
      const { response } = await requestPasswordReset({ client: app.client(), body: { email: ana.email } });
      expect(response.status).toBe(202);
    }
    await ok(getMe({ client: ana.client }));
    const open = await database.query(
      `SELECT state FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'convene'
          AND state LIKE 'idle in transaction%'`,
    );
    expect(open).toEqual([]);
    expect(await waiting()).toBe(6);
  });
});
