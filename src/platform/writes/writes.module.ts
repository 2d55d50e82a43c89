import { Global, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IdempotencyKey } from './idempotency-key.entity.js';
import { IdempotencyKeysRepository } from './idempotency-keys.repository.js';
import { IdempotencyService } from './idempotency.service.js';
import { WriteInterceptor } from './write.interceptor.js';

/** What holds for writes as requests: dry runs and keys. */
@Global()
@Module({
  imports: [TypeOrmModule.forFeature([IdempotencyKey])],
  providers: [IdempotencyKeysRepository, IdempotencyService, { provide: APP_INTERCEPTOR, useClass: WriteInterceptor }],
  exports: [IdempotencyService],
})
export class WritesModule {}
