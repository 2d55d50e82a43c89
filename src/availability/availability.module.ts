import { Module } from '@nestjs/common';
import { PermissionsModule } from '../permissions/permissions.module.js';
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

@Module({
  imports: [PermissionsModule],
  controllers: [FreeBusyController],
  providers: [
    AvailabilityService,
    BusyTimeRepository,
    BusyTimeService,
    FindConflicts,
    FindFarConflicts,
    FreeBusyService,
    HorizonService,
    KnownPeopleService,
    OccupancyRepository,
  ],
  exports: [AvailabilityService, BusyTimeService, FindConflicts, KnownPeopleService],
})
export class AvailabilityModule {}
