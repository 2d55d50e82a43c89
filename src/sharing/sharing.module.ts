import { Module } from '@nestjs/common';
import { AvailabilityModule } from '../availability/availability.module.js';
import { PermissionsModule } from '../permissions/permissions.module.js';
import { UsersModule } from '../users/users.module.js';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module.js';
import { MailModule } from '../mail/mail.module.js';
import { AcceptInvitationsService } from './accept-invitations.service.js';
import { EventInvitation } from './invitation.entity.js';
import { InvitationsController } from './invitations.controller.js';
import { InvitationsRepository } from './invitations.repository.js';
import { InvitationsService } from './invitations.service.js';
import { InvitationsWriter } from './invitations-writer.js';
import { LeaveEventsService } from './leave-events.service.js';
import { ListMembersService } from './list-members.service.js';
import { MembersRepository } from './members.repository.js';
import { MembersWriter } from './members-writer.js';
import { ShareService } from './share.service.js';
import { SharingController } from './sharing.controller.js';
import { SharingService } from './sharing.service.js';
import { UndoMembersService } from './undo-members.service.js';

@Module({
  imports: [
    AuthModule,
    AvailabilityModule,
    MailModule,
    PermissionsModule,
    UsersModule,
    TypeOrmModule.forFeature([EventInvitation]),
  ],
  controllers: [InvitationsController, SharingController],
  providers: [
    AcceptInvitationsService,
    InvitationsRepository,
    InvitationsService,
    InvitationsWriter,
    LeaveEventsService,
    ListMembersService,
    MembersRepository,
    MembersWriter,
    ShareService,
    SharingService,
    UndoMembersService,
  ],
  exports: [LeaveEventsService, MembersWriter, UndoMembersService],
})
export class SharingModule {}
