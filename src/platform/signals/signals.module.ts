import { Global, Module } from '@nestjs/common';
import { Signals } from './signals.js';

/** What servers on one database tell one another. */
@Global()
@Module({ providers: [Signals], exports: [Signals] })
export class SignalsModule {}
