import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { AvailabilityModule } from '../availability/availability.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { DryRunInterceptor } from './dry-run.interceptor.js';
import { DryRunService } from './dry-run.service.js';

@Module({
  imports: [AvailabilityModule, NotificationsModule],
  providers: [DryRunService, { provide: APP_INTERCEPTOR, useClass: DryRunInterceptor }],
})
export class DryRunModule {}
