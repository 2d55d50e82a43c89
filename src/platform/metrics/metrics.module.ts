import { Global, Module } from '@nestjs/common';
import { Metrics } from './metrics.js';

/** Every room counts what it does in the same registry. */
@Global()
@Module({ providers: [Metrics], exports: [Metrics] })
export class MetricsModule {}
