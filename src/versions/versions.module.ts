import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { PermissionsModule } from '../permissions/permissions.module.js';
import { SharingModule } from '../sharing/sharing.module.js';
import { UsersModule } from '../users/users.module.js';
import { VersionSubscriber } from './version.subscriber.js';
import { VersionsController } from './versions.controller.js';
import { VersionsService } from './versions.service.js';

@Module({
  imports: [EventsModule, PermissionsModule, SharingModule, UsersModule],
  controllers: [VersionsController],
  providers: [VersionSubscriber, VersionsService],
})
export class VersionsModule {}
