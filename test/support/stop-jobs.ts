import { SchedulerRegistry } from '@nestjs/schedule';
import type { TestApp } from './test-app.js';

/** Stops the scheduled jobs of a server, for tests that count or read every statement. */
export async function stopJobs({ app }: TestApp): Promise<void> {
  for (const job of app.get(SchedulerRegistry).getCronJobs().values()) await job.stop();
}
