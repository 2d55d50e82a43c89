import { Module } from '@nestjs/common';
import { AvailabilityModule } from '../availability/availability.module.js';
import { PermissionsModule } from '../permissions/permissions.module.js';
import { UsersModule } from '../users/users.module.js';
import { LeaveEventsService } from './leave-events.service.js';
import { ListMembersService } from './list-members.service.js';
import { MembersRepository } from './members.repository.js';
import { MembersWriter } from './members-writer.js';
import { SharingController } from './sharing.controller.js';
import { SharingService } from './sharing.service.js';
import { UndoMembersService } from './undo-members.service.js';

@Module({
  imports: [AvailabilityModule, PermissionsModule, UsersModule],
  controllers: [SharingController],
  providers: [
    LeaveEventsService,
    ListMembersService,
    MembersRepository,
    MembersWriter,
    SharingService,
    UndoMembersService,
  ],
  exports: [LeaveEventsService, MembersWriter, UndoMembersService],
})
export class SharingModule {}
