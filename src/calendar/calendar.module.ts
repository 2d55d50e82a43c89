import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AvailabilityModule } from '../availability/availability.module.js';
import { EventsModule } from '../events/events.module.js';
import { PermissionsModule } from '../permissions/permissions.module.js';
import { ExportController } from './export.controller.js';
import { ExportService } from './export.service.js';
import { ImportController } from './import.controller.js';
import { ImportService } from './import.service.js';
import { ImportedEvent } from './imported-event.entity.js';
import { ImportedEvents } from './imported-events.service.js';
import { ImportedEventsRepository } from './imported-events.repository.js';

/** Calendar exchange: iCalendar files in and out, and links to which calendar applications subscribe. */
@Module({
  imports: [TypeOrmModule.forFeature([ImportedEvent]), AvailabilityModule, EventsModule, PermissionsModule],
  controllers: [ExportController, ImportController],
  providers: [ExportService, ImportService, ImportedEvents, ImportedEventsRepository],
  exports: [ExportService, ImportedEvents],
})
export class CalendarModule {}
