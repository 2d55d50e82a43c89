import { Global, Module } from '@nestjs/common';
import { RequestQueues } from './request-queues.js';

@Global()
@Module({ providers: [RequestQueues], exports: [RequestQueues] })
export class RequestQueuesModule {}
