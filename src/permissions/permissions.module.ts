import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { UsersModule } from '../users/users.module.js';
import { AccessService } from './access.service.js';
import { Permission } from './permission.entity.js';
import { PermissionsController } from './permissions.controller.js';
import { PermissionsRepository } from './permissions.repository.js';
import { PermissionsService } from './permissions.service.js';
import { RoleGuard } from './role.guard.js';

@Module({
  imports: [TypeOrmModule.forFeature([Permission]), UsersModule],
  controllers: [PermissionsController],
  providers: [AccessService, PermissionsRepository, PermissionsService, RoleGuard],
  exports: [AccessService, PermissionsService, RoleGuard],
})
export class PermissionsModule {}
