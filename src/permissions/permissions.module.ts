import { CacheModule } from '@nestjs/cache-manager';
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { memoryStore } from '../platform/cache/memory-store.js';
import { AccessService } from './access.service.js';
import { MembersService } from './members.service.js';
import { Permission } from './permission.entity.js';
import { PermissionsRepository } from './permissions.repository.js';
import { RoleGuard } from './role.guard.js';

const MAX_CACHED_ROLES = 50_000;

@Module({
  imports: [CacheModule.register({ stores: [memoryStore(MAX_CACHED_ROLES)] }), TypeOrmModule.forFeature([Permission])],
  providers: [AccessService, MembersService, PermissionsRepository, RoleGuard],
  exports: [AccessService, MembersService, RoleGuard],
})
export class PermissionsModule {}
