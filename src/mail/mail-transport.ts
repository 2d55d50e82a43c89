import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import type { Transporter } from 'nodemailer';
import { Config } from '../platform/config/config.js';
import type { Mail } from './mail.js';

/** Of each step. A server that answers slowly at every step is stopped by the sender. */
const TIMEOUTS = { dnsTimeout: 10_000, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };
/** Mails are made from texts; nothing in them may name a file or an address to read. */
const TEXTS_ONLY = { disableFileAccess: true, disableUrlAccess: true };

/** Hands mails to the SMTP server or, without one, writes them to files that a person can read. */
@Injectable()
export class MailTransport {
  private readonly logger = new Logger('Mail');
  private readonly folder: string;
  private transporter: Promise<Transporter> | null = null;

  constructor(private readonly config: Config) {
    this.folder = resolve(config.values.dataDir, 'outbox');
  }

  /** @throws the error of nodemailer, which `failureOf` understands */
  async send(id: string, mail: Mail): Promise<void> {
    const { mailFrom, smtpUrl } = this.config.values;
    const domain = /@([^\s<>@]+)>?$/.exec(mailFrom)![1]!;
    this.transporter ??= this.createTransporter();
    const sent = (await (
      await this.transporter
    ).sendMail({
      from: mailFrom,
      // As an object it is one address, whatever characters it contains.
      to: { name: '', address: mail.recipient },
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      // The same in every attempt, so that a mail that arrives twice can be recognised.
      messageId: `<${id}@${domain}>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      ...TEXTS_ONLY,
    })) as { message?: Buffer };
    if (smtpUrl === null) await this.writeFile(id, mail.kind, sent.message!);
  }

  /** Nodemailer is loaded with the first mail: a server that sends none starts without it. */
  private async createTransporter(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    const { smtpUrl } = this.config.values;
    if (smtpUrl === null) return createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
    return createTransport({ url: smtpUrl, ...TIMEOUTS });
  }

  /** The name of the file is that of the mail: another attempt replaces it. */
  private async writeFile(id: string, kind: string, message: Buffer): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const file = join(this.folder, `${id}.eml`);
    await writeFile(`${file}.draft`, message, { mode: 0o600 });
    await rename(`${file}.draft`, file);
    this.logger.log('mail written', { kind, file });
  }
}
