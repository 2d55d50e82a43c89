import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module.js';
import { AvailabilityModule } from '../availability/availability.module.js';
import { EventsModule } from '../events/events.module.js';
import { PermissionsModule } from '../permissions/permissions.module.js';
import { AuditedExports } from './audited-exports.service.js';
import { CalendarFeed } from './calendar-feed.entity.js';
import { CalendarFeedsController } from './calendar-feeds.controller.js';
import { CalendarFeedsRepository } from './calendar-feeds.repository.js';
import { CalendarFeeds } from './calendar-feeds.service.js';
import { ExportController } from './export.controller.js';
import { ExportService } from './export.service.js';
import { FeedController } from './feed.controller.js';
import { FeedService } from './feed.service.js';
import { ImportController } from './import.controller.js';
import { ImportJob } from './import-job.entity.js';
import { ImportJobsRepository } from './import-jobs.repository.js';
import { ImportJobs } from './import-jobs.service.js';
import { ImportService } from './import.service.js';
import { ImportedEvent } from './imported-event.entity.js';
import { ImportedEvents } from './imported-events.service.js';
import { ImportedEventsRepository } from './imported-events.repository.js';

/** Calendar exchange: iCalendar files in and out, and links to which calendar applications subscribe. */
@Module({
  imports: [
    TypeOrmModule.forFeature([CalendarFeed, ImportedEvent, ImportJob]),
    AuthModule,
    AvailabilityModule,
    EventsModule,
    PermissionsModule,
  ],
  controllers: [CalendarFeedsController, ExportController, FeedController, ImportController],
  providers: [
    AuditedExports,
    CalendarFeeds,
    CalendarFeedsRepository,
    ExportService,
    FeedService,
    ImportJobs,
    ImportJobsRepository,
    ImportService,
    ImportedEvents,
    ImportedEventsRepository,
  ],
  exports: [CalendarFeeds, ExportService, ImportedEvents],
})
export class CalendarModule {}
