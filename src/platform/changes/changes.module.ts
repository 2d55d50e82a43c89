import { Global, Module } from '@nestjs/common';
import { Transactions } from '../database/transactions.js';
import { Changes } from './changes.js';

/** The write path's two doors: transactions, and the record of what happened in them. */
@Global()
@Module({ providers: [Changes, Transactions], exports: [Changes, Transactions] })
export class ChangesModule {}
