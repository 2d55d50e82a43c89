import { Global, Module } from '@nestjs/common';
import { AvailabilityModule } from '../availability/availability.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { DryRuns } from '../platform/writes/dry-runs.js';
import { DryRunService } from './dry-run.service.js';

@Global()
@Module({
  imports: [AvailabilityModule, NotificationsModule],
  providers: [{ provide: DryRuns, useClass: DryRunService }],
  exports: [DryRuns],
})
export class DryRunModule {}
