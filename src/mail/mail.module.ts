import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MailSeal } from './mail-seal.js';
import { MailSender } from './mail-sender.js';
import { MailTransport } from './mail-transport.js';
import { Mails } from './mails.js';
import { MailsRepository } from './mails.repository.js';
import { QueuedMail } from './queued-mail.entity.js';

/** Mails: written in the transaction of a change, sent after it. */
@Module({
  imports: [TypeOrmModule.forFeature([QueuedMail])],
  providers: [MailSeal, MailSender, MailTransport, Mails, MailsRepository],
  exports: [Mails],
})
export class MailModule {}
