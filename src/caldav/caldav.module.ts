import { Module } from '@nestjs/common';
import { AvailabilityModule } from '../availability/availability.module.js';
import { CalendarModule } from '../calendar/calendar.module.js';
import { EventsModule } from '../events/events.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { CalendarObjects } from './calendar-objects.service.js';
import { DavController } from './dav.controller.js';
import { DavProtocol } from './dav-protocol.js';
import { DavFreeBusy } from './free-busy.service.js';
import { DavService } from './dav.service.js';
import { ReportsService } from './reports.service.js';
import { SameUidsRepository } from './same-uids.repository.js';
import { SyncService } from './sync.service.js';

/** Calendars of phones and desktops read Convene as an account (CalDAV). */
@Module({
  imports: [AvailabilityModule, CalendarModule, EventsModule, NotificationsModule],
  controllers: [DavController],
  providers: [CalendarObjects, DavFreeBusy, DavProtocol, DavService, ReportsService, SameUidsRepository, SyncService],
})
export class CaldavModule {}
