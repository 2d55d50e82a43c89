import { setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { Counter } from 'prom-client';
import { Config } from '../platform/config/config.js';
import { Metrics } from '../platform/metrics/metrics.js';
import type { Mail } from './mail.js';
import { type Failure, failureOf, pauseSeconds, retrySeconds } from './mail-retry.js';
import { MailSeal } from './mail-seal.js';
import { MailTransport } from './mail-transport.js';
import { type ClaimedMail, MailsRepository } from './mails.repository.js';

/** How many mails a server sends at once. */
const AT_ONCE = 5;
/** After this time an attempt counts as failed. */
const ATTEMPT_MS = 60_000;
/** Much longer than an attempt: a server that is still sending a mail never meets another one that sends it again. */
const LEASE_SECONDS = 300;
const MAX_ERROR_LENGTH = 500;

/**
 * Sends the mails of the table. Woken after COMMIT; a job finds what was left by servers that failed. Holds no database
 * connection while it sends.
 *
 * A mail is sent at least once: when the SMTP server accepts it and its answer is lost, it is sent again with the same
 * `Message-ID`.
 */
@Injectable()
export class MailSender implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Mail');
  private readonly results: Counter<'result'>;
  private running: Promise<void> | null = null;
  private isWoken = false;
  private isStopped = false;
  /** Attempts in a row that did not reach the SMTP server. */
  private unreachable = 0;
  private pause: NodeJS.Timeout | null = null;

  constructor(
    private readonly mails: MailsRepository,
    private readonly seal: MailSeal,
    private readonly transport: MailTransport,
    private readonly config: Config,
    { registry }: Metrics,
  ) {
    this.results = new Counter({
      name: 'convene_mails_total',
      help: 'Attempts to send a mail, by what they came to; given_up: no other attempt will follow.',
      labelNames: ['result'],
      registers: [registry],
    });
    for (const result of ['sent', 'failed', 'given_up']) this.results.inc({ result }, 0);
  }

  /** Sends what is due. Returns at once. While the SMTP server cannot be reached, what is due waits. */
  wake(): void {
    if (this.isStopped || this.pause || !this.config.values.mail) return;
    this.isWoken = true;
    this.running ??= this.run().finally(() => (this.running = null));
  }

  @Cron('*/10 * * * * *', { name: 'send-mails' })
  poll(): void {
    this.wake();
  }

  @Cron('0 37 * * * *', { name: 'prune-mails' })
  async prune(): Promise<void> {
    try {
      const pruned = await this.mails.prune(this.config.values.mailKeepDays);
      if (pruned > 0) this.logger.log('mails pruned', { pruned });
    } catch (error) {
      // The next run deletes what is left.
      this.logger.error(error instanceof Error ? error.stack : error);
    }
  }

  /** Waits for the mails that are being sent, for a moment. What is left is sent by another server or after the start. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    if (this.pause) clearTimeout(this.pause);
    await Promise.race([this.running, sleep(3_000, undefined, { ref: false })]);
  }

  private async run(): Promise<void> {
    while (this.isWoken && !this.isStopped && !this.pause) {
      this.isWoken = false;
      try {
        while (!this.isStopped && !this.pause && (await this.sendSome())) this.isWoken = true;
      } catch (error) {
        // The database is away. The job asks again.
        this.logger.warn(`Mails wait: ${(error as Error).message}`);
      }
    }
  }

  /** Returns whether anything was due. */
  private async sendSome(): Promise<boolean> {
    const claimedAt = performance.now();
    const claimed = await this.mails.claim(AT_ONCE, LEASE_SECONDS);
    // Long after the claim another server may have sent them.
    if (performance.now() - claimedAt > (LEASE_SECONDS * 1_000) / 2) return true;
    await Promise.all(claimed.map((mail) => this.send(mail)));
    return claimed.length > 0;
  }

  private async send(claimed: ClaimedMail): Promise<void> {
    const mail = this.open(claimed);
    if (!mail) {
      await this.fail(claimed, 'impossible', 'The mail cannot be decrypted: the signing secret has changed');
      return;
    }
    try {
      await withDeadline(this.transport.send(claimed.id, mail));
    } catch (error) {
      const failure = error instanceof LateError ? 'late' : failureOf(error);
      await this.fail(claimed, failure, (error as Error).message);
      return;
    }
    this.unreachable = 0;
    this.results.inc({ result: 'sent' });
    await this.keepTrying(() => this.mails.setSent(claimed.id));
  }

  private open({ id, kind, recipient, content }: ClaimedMail): Mail | null {
    const text = this.seal.open(id, content);
    return text === null ? null : { kind, recipient, ...(JSON.parse(text) as Pick<Mail, 'subject' | 'text' | 'html'>) };
  }

  private async fail({ id, kind, attempts }: ClaimedMail, failure: Failure | 'late', error: string): Promise<void> {
    const { mailRetryDays } = this.config.values;
    if (failure === 'unreachable' || failure === 'late') this.pauseSending(error);
    const seconds = {
      impossible: null,
      refused: retrySeconds(attempts),
      unreachable: pauseSeconds(attempts),
      // The attempt may still succeed.
      late: LEASE_SECONDS,
    }[failure];
    const stored = error.slice(0, MAX_ERROR_LENGTH);
    const isLast = await this.keepTrying(() => this.mails.setFailed(id, stored, seconds, mailRetryDays));
    this.results.inc({ result: isLast ? 'given_up' : 'failed' });
    if (isLast) this.logger.warn('mail given up', { id, kind, attempts });
  }

  /** The others wait as well: each would only wait for the same time-out. */
  private pauseSending(error: string): void {
    if (this.pause || this.isStopped) return;
    this.unreachable += 1;
    const seconds = pauseSeconds(this.unreachable);
    this.logger.warn(`The mail server cannot be reached; the next attempt is in ${Math.ceil(seconds)} s: ${error}`);
    this.pause = setTimeout(() => {
      this.pause = null;
      this.wake();
    }, seconds * 1_000).unref();
  }

  /** Repeats what must be stored while the database is away, for most of the lease. */
  private async keepTrying<T>(store: () => Promise<T>): Promise<T | undefined> {
    for (let attempt = 1; attempt <= 7 && !(this.isStopped && attempt > 1); attempt += 1) {
      try {
        return await store();
      } catch (error) {
        this.logger.warn(`The state of a mail is not stored yet: ${(error as Error).message}`);
        await sleep(1_000 * 2 ** (attempt - 1), undefined, { ref: false });
      }
    }
    return undefined;
  }
}

class LateError extends Error {}

/** @throws LateError when the attempt takes too long */
async function withDeadline(attempt: Promise<void>): Promise<void> {
  const deadline = new AbortController();
  const late = sleep(ATTEMPT_MS, undefined, { ref: false, signal: deadline.signal }).then(() => {
    throw new LateError('The mail server took too long');
  });
  try {
    await Promise.race([attempt, late]);
  } finally {
    deadline.abort();
    late.catch(() => undefined);
    attempt.catch(() => undefined);
  }
}
