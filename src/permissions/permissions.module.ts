import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { UsersModule } from '../users/users.module.js';
import { AccessService } from './access.service.js';
import { PeopleUndoService } from './people-undo.service.js';
import { PeopleWriter } from './people-writer.js';
import { Permission } from './permission.entity.js';
import { PermissionsController } from './permissions.controller.js';
import { PermissionsRepository } from './permissions.repository.js';
import { PermissionsService } from './permissions.service.js';
import { RoleGuard } from './role.guard.js';

@Module({
  imports: [TypeOrmModule.forFeature([Permission]), UsersModule],
  controllers: [PermissionsController],
  providers: [AccessService, PeopleUndoService, PeopleWriter, PermissionsRepository, PermissionsService, RoleGuard],
  exports: [AccessService, PeopleUndoService, PeopleWriter, PermissionsService, RoleGuard],
})
export class PermissionsModule {}
