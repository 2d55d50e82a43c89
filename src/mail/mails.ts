import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { newId } from '../platform/database/new-id.js';
import { PerTransaction, type Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import { composeMail, type Letter } from './mail.js';
import { MailSeal } from './mail-seal.js';
import { MailSender } from './mail-sender.js';
import { MailsRepository } from './mails.repository.js';

/** The only place that sends mails: with COMMIT, and never without. */
@Injectable()
export class Mails {
  private readonly queued = new PerTransaction<{ count: number }>(() => ({ count: 0 }));

  constructor(
    private readonly mails: MailsRepository,
    private readonly seal: MailSeal,
    private readonly config: Config,
    sender: MailSender,
    transactions: Transactions,
  ) {
    transactions.afterCommit.on((tx) => {
      if (this.queued.of(tx).count > 0) sender.wake();
    });
  }

  /** False when this server is configured to send no mail. */
  get areOn(): boolean {
    return this.config.values.mail;
  }

  /** Returns the address of a page of this server. @param secret follows `#`, so that browsers send it to no server */
  link(page: string, secret: string): string {
    return `${this.config.publicUrl}/${page}#${secret}`;
  }

  /** Writes a mail in the running transaction. It is sent after COMMIT, by any server. */
  queue(tx: Transaction, letter: Letter): void {
    this.write(tx, letter, false);
    this.queued.of(tx).count += 1;
  }

  /** Does the same work as `queue` for a mail that nobody receives, so that the time reveals nothing. */
  pretend(tx: Transaction, letter: Letter): void {
    this.write(tx, letter, true);
  }

  /** Deletes every mail to an address, sent or not. */
  forget(tx: Transaction, recipient: string): void {
    this.mails.deleteByRecipient(tx, recipient);
  }

  private write(tx: Transaction, letter: Letter, done: boolean): void {
    if (!this.areOn) return;
    const id = newId();
    const { kind, recipient, subject, text, html } = composeMail(letter);
    const content = this.seal.seal(id, JSON.stringify({ subject, text, html }));
    this.mails.insert(tx, { id, kind, recipient: done ? '' : recipient, content: done ? null : content, done });
  }
}
