import { Global, Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { AuditPartitionsService } from './audit-partitions.service.js';
import { AuditTrail } from './audit-trail.js';
import { AuditController } from './audit.controller.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';
import { Refusals } from './refusals.js';

@Global()
@Module({
  imports: [UsersModule],
  controllers: [AuditController],
  providers: [AuditPartitionsService, AuditRepository, AuditService, AuditTrail, Refusals],
  exports: [AuditTrail],
})
export class AuditModule {}
