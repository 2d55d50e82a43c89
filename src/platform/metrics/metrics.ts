import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** Metrics of memory, CPU, event loop and garbage collection, shared by all applications in the process. */
let processRegistry: Registry | undefined;

function processMetrics(): Registry {
  if (!processRegistry) {
    processRegistry = new Registry();
    collectDefaultMetrics({ register: processRegistry });
  }
  return processRegistry;
}

/**
 * The Prometheus metrics of this application. Create a metric with `registers: [metrics.registry]`. Names begin with
 * `convene_`. The values of labels come from short, fixed lists, never from ids, paths or text from users.
 */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  private readonly process = processMetrics();

  /** Returns all metrics in the text format of Prometheus. */
  async text(): Promise<string> {
    const [own, shared] = await Promise.all([this.registry.metrics(), this.process.metrics()]);
    return own + shared;
  }
}
