import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AdminModule } from './admin/admin.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { AvailabilityModule } from './availability/availability.module.js';
import { CaldavModule } from './caldav/caldav.module.js';
import { CalendarModule } from './calendar/calendar.module.js';
import { DryRunModule } from './dry-run/dry-run.module.js';
import { EventsModule } from './events/events.module.js';
import { FindTimeModule } from './find-time/find-time.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { PermissionsModule } from './permissions/permissions.module.js';
import { HistoryModule } from './history/history.module.js';
import type { Config } from './platform/config/config.js';
import { ConfigModule } from './platform/config/config.module.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { HealthModule } from './platform/health/health.module.js';
import { HttpModule } from './platform/http/http.module.js';
import { LimitsModule } from './platform/limits/limits.module.js';
import { MailModule } from './mail/mail.module.js';
import { RequestQueuesModule } from './platform/queues/request-queues.module.js';
import { MetricsModule } from './platform/metrics/metrics.module.js';
import { TracingModule } from './platform/tracing/tracing.module.js';
import { SignalsModule } from './platform/signals/signals.module.js';
import { IdempotencyModule } from './platform/idempotency/idempotency.module.js';
import { LiveModule } from './live/live.module.js';
import { McpModule } from './mcp/mcp.module.js';
import { SharingModule } from './sharing/sharing.module.js';
import { DocsModule } from './platform/docs/docs.module.js';
import { UsersModule } from './users/users.module.js';
import { VersionsModule } from './versions/versions.module.js';

/** The wiring, in the order in which the API document lists the routes. */
@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(config),
        ScheduleModule.forRoot(),
        TracingModule,
        DatabaseModule,
        SignalsModule,
        MetricsModule,
        LimitsModule,
        HttpModule,
        RequestQueuesModule,
        IdempotencyModule,
        HealthModule,
        DocsModule,
        MailModule,
        UsersModule,
        AuditModule,
        AuthModule,
        PermissionsModule,
        HistoryModule,
        AvailabilityModule,
        SharingModule,
        EventsModule,
        FindTimeModule,
        VersionsModule,
        CalendarModule,
        CaldavModule,
        NotificationsModule,
        AdminModule,
        LiveModule,
        McpModule,
        DryRunModule,
      ],
    };
  }
}
