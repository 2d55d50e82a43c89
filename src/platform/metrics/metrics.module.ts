import { Global, Module } from '@nestjs/common';
import { ConditionMetrics } from './condition-metrics.js';
import { DatabaseMetrics } from './database-metrics.js';
import { HttpMetrics } from './http-metrics.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.js';

/** Provides the registry in which every room registers its metrics. */
@Global()
@Module({
  controllers: [MetricsController],
  providers: [Metrics, HttpMetrics, DatabaseMetrics, ConditionMetrics],
  exports: [Metrics, ConditionMetrics],
})
export class MetricsModule {}
