import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module.js';
import { Delivery } from './delivery.js';
import { LiveMetrics } from './live-metrics.js';
import { Notification, NotificationStream } from './notification.entity.js';
import { NotificationsController } from './notifications.controller.js';
import { NotificationsGateway } from './notifications.gateway.js';
import { NotificationsRepository } from './notifications.repository.js';
import { NotificationsService } from './notifications.service.js';
import { StreamRecorder } from './stream.recorder.js';

@Module({
  imports: [TypeOrmModule.forFeature([Notification, NotificationStream]), AuthModule],
  controllers: [NotificationsController],
  providers: [
    Delivery,
    LiveMetrics,
    NotificationsGateway,
    NotificationsRepository,
    NotificationsService,
    StreamRecorder,
  ],
})
export class NotificationsModule {}
