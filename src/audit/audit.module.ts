import { Global, Module } from '@nestjs/common';
import { AuditPartitionsService } from './audit-partitions.service.js';
import { AuditTrail } from './audit-trail.js';
import { AuditController } from './audit.controller.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';
import { Refusals } from './refusals.js';

@Global()
@Module({
  controllers: [AuditController],
  providers: [AuditPartitionsService, AuditRepository, AuditService, AuditTrail, Refusals],
  exports: [AuditTrail],
})
export class AuditModule {}
