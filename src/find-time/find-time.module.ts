import { Module } from '@nestjs/common';
import { AvailabilityModule } from '../availability/availability.module.js';
import { FindTimeController } from './find-time.controller.js';
import { FindTimeService } from './find-time.service.js';

/** Finds a time for several people, without reserving it. */
@Module({ imports: [AvailabilityModule], controllers: [FindTimeController], providers: [FindTimeService] })
export class FindTimeModule {}
