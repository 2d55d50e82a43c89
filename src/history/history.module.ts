import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PermissionsModule } from '../permissions/permissions.module.js';
import { Changes } from './changes.js';
import { EventLock } from './event-lock.js';
import { EventVersion } from './event-version.entity.js';
import { HistoryRepository } from './history.repository.js';
import { HistoryService } from './history.service.js';
import { KnownEvents } from './known-events.js';
import { MemberChange } from './member-change.entity.js';
import { Redaction } from './redaction.entity.js';
import { VersionValue } from './version-value.entity.js';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([EventVersion, MemberChange, Redaction, VersionValue]), PermissionsModule],
  providers: [Changes, EventLock, HistoryRepository, HistoryService, KnownEvents],
  exports: [Changes, EventLock, HistoryService],
})
export class HistoryModule {}
