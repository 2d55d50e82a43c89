import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { AccessCheck } from './access-check.js';
import { Drain } from './drain.js';
import { ProblemFilter } from './problem.filter.js';
import { RequestValidationPipe } from './validation.pipe.js';

@Module({
  imports: [DiscoveryModule],
  providers: [
    AccessCheck,
    Drain,
    { provide: APP_PIPE, useClass: RequestValidationPipe },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
  exports: [Drain],
})
export class HttpModule {}
