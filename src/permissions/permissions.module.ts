import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessService } from './access.service.js';
import { MembersService } from './members.service.js';
import { Permission } from './permission.entity.js';
import { PermissionsRepository } from './permissions.repository.js';
import { RoleGuard } from './role.guard.js';

@Module({
  imports: [TypeOrmModule.forFeature([Permission])],
  providers: [AccessService, MembersService, PermissionsRepository, RoleGuard],
  exports: [AccessService, MembersService, RoleGuard],
})
export class PermissionsModule {}
