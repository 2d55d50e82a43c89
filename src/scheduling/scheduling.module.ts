import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { PermissionsModule } from '../permissions/permissions.module.js';
import { FindTimeController } from './find-time.controller.js';
import { FindTimeService } from './find-time.service.js';
import { FreeBusyController } from './free-busy.controller.js';
import { FreeBusyService } from './free-busy.service.js';
import { KnownPeopleService } from './known-people.service.js';

/** Asks about the time of several people; takes none. */
@Module({
  imports: [EventsModule, PermissionsModule],
  controllers: [FindTimeController, FreeBusyController],
  providers: [FindTimeService, FreeBusyService, KnownPeopleService],
})
export class SchedulingModule {}
