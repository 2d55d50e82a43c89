import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { CalendarQueueInterceptor, RequestQueues } from './request-queues.js';

/** Before the modules of all other interceptors: what waits here has not begun a transaction. */
@Module({
  providers: [RequestQueues, { provide: APP_INTERCEPTOR, useClass: CalendarQueueInterceptor }],
  exports: [RequestQueues],
})
export class RequestQueuesModule {}
