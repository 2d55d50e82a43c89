import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module.js';
import { AvailabilityModule } from '../availability/availability.module.js';
import { CalendarEvent } from '../content/event.entity.js';
import { PermissionsModule } from '../permissions/permissions.module.js';
import { SharingModule } from '../sharing/sharing.module.js';
import { CheckConflictsController } from './check-conflicts.controller.js';
import { CheckConflictsService } from './check-conflicts.service.js';
import { ErasedOwnersService } from './erased-owners.service.js';
import { EventWriter } from './event-writer.js';
import { EventsController } from './events.controller.js';
import { EventsRepository } from './events.repository.js';
import { EventsService } from './events.service.js';
import { ListEventsService } from './list-events.service.js';
import { OccurrencesController } from './occurrences.controller.js';
import { OccurrencesService } from './occurrences.service.js';
import { ReadEventsService } from './read-events.service.js';
import { TrashRepository } from './trash.repository.js';
import { TrashService } from './trash.service.js';
import { TextIndexRepository } from './text-index.repository.js';
import { TextIndexService } from './text-index.service.js';
import { TimeZoneUpdateService } from './time-zone-update.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([CalendarEvent]),
    AuthModule,
    AvailabilityModule,
    PermissionsModule,
    SharingModule,
  ],
  controllers: [CheckConflictsController, EventsController, OccurrencesController],
  providers: [
    CheckConflictsService,
    ErasedOwnersService,
    EventWriter,
    EventsRepository,
    EventsService,
    ListEventsService,
    OccurrencesService,
    ReadEventsService,
    TextIndexRepository,
    TextIndexService,
    TimeZoneUpdateService,
    TrashRepository,
    TrashService,
  ],
  exports: [EventWriter, ListEventsService, ReadEventsService, ErasedOwnersService, TrashService],
})
export class EventsModule {}
