import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventsModule } from '../events/events.module.js';
import { PermissionsModule } from '../permissions/permissions.module.js';
import { UsersModule } from '../users/users.module.js';
import { EventVersion } from './event-version.entity.js';
import { HistoryRecorder } from './history.recorder.js';
import { HistoryRepository } from './history.repository.js';
import { PeopleChangeRow } from './people-change.entity.js';
import { VersionSubscriber } from './version.subscriber.js';
import { VersionsController } from './versions.controller.js';
import { VersionsService } from './versions.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([EventVersion, PeopleChangeRow]), EventsModule, PermissionsModule, UsersModule],
  controllers: [VersionsController],
  providers: [HistoryRecorder, HistoryRepository, VersionSubscriber, VersionsService],
})
export class VersionsModule {}
