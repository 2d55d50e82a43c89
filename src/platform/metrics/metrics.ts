import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** Memory, CPU, event loop and garbage collection belong to the process, however many applications run in it. */
let processRegistry: Registry | undefined;

function processMetrics(): Registry {
  if (!processRegistry) {
    processRegistry = new Registry();
    collectDefaultMetrics({ register: processRegistry });
  }
  return processRegistry;
}

/**
 * What this application counts, for Prometheus. Whoever has something to count makes it with
 * `registers: [metrics.registry]`: names begin with `convene_`, and labels come from short lists that are known
 * beforehand, never from ids, paths or anything that a user wrote.
 */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  private readonly process = processMetrics();

  /** Everything counted until now, in the text format of Prometheus. */
  async text(): Promise<string> {
    const [own, ofProcess] = await Promise.all([this.registry.metrics(), this.process.metrics()]);
    return own + ofProcess;
  }
}
