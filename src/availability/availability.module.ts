import { Module } from '@nestjs/common';
import { PermissionsModule } from '../permissions/permissions.module.js';
import { UsersModule } from '../users/users.module.js';
import { AllDayEvents } from './all-day-events.js';
import { AvailabilityService } from './availability.service.js';
import { BusyTimeRepository } from './busy-time.repository.js';
import { BusyTimeService } from './busy-time.service.js';
import { FindConflicts } from './find-conflicts.service.js';
import { FindFarConflicts } from './find-far-conflicts.service.js';
import { FreeBusyController } from './free-busy.controller.js';
import { FreeBusyService } from './free-busy.service.js';
import { HorizonService } from './horizon.service.js';
import { KnownPeopleService } from './known-people.service.js';
import { OccupancyRepository } from './occupancy.repository.js';
import { OwnerZones } from './owner-zones.js';

@Module({
  imports: [PermissionsModule, UsersModule],
  controllers: [FreeBusyController],
  providers: [
    AllDayEvents,
    AvailabilityService,
    BusyTimeRepository,
    BusyTimeService,
    FindConflicts,
    FindFarConflicts,
    FreeBusyService,
    HorizonService,
    KnownPeopleService,
    OccupancyRepository,
    OwnerZones,
  ],
  exports: [AvailabilityService, BusyTimeService, FindConflicts, KnownPeopleService, OwnerZones],
})
export class AvailabilityModule {}
