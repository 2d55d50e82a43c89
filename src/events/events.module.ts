import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module.js';
import { PermissionsModule } from '../permissions/permissions.module.js';
import { BusyTimeRepository } from './busy-time.repository.js';
import { BusyTimeService } from './busy-time.service.js';
import { ConflictCheckService } from './conflict-check.service.js';
import { ConflictsController } from './conflicts.controller.js';
import { ConflictsRepository } from './conflicts.repository.js';
import { ConflictsService } from './conflicts.service.js';
import { DeparturesService } from './departures.service.js';
import { CalendarEvent } from './event.entity.js';
import { EventWriter } from './event-writer.js';
import { EventsController } from './events.controller.js';
import { EventsRepository } from './events.repository.js';
import { EventsService } from './events.service.js';
import { HorizonService } from './horizon.service.js';
import { OccurrencesController } from './occurrences.controller.js';
import { OccurrencesService } from './occurrences.service.js';
import { TimeZoneUpdateService } from './time-zone-update.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([CalendarEvent]), AuthModule, PermissionsModule],
  controllers: [ConflictsController, EventsController, OccurrencesController],
  providers: [
    BusyTimeRepository,
    BusyTimeService,
    ConflictCheckService,
    ConflictsRepository,
    ConflictsService,
    DeparturesService,
    EventWriter,
    EventsRepository,
    EventsService,
    HorizonService,
    OccurrencesService,
    TimeZoneUpdateService,
  ],
  exports: [BusyTimeService, EventsService, EventWriter],
})
export class EventsModule {}
