import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module.js';
import { ChangesController } from './changes.controller.js';
import { Delivery } from './delivery.js';
import { LiveService } from './live.service.js';
import { LiveWatch } from './live-watch.js';
import { LiveMetrics } from './live-metrics.js';
import { Notification, NotificationStream } from './notification.entity.js';
import { NotificationsController } from './notifications.controller.js';
import { NotificationsGateway } from './notifications.gateway.js';
import { NotificationsRepository } from './notifications.repository.js';
import { NotificationsService } from './notifications.service.js';
import { OpenPipes } from './open-pipes.js';
import { StreamPruningService } from './stream-pruning.service.js';
import { StreamRecorder } from './stream.recorder.js';
import { WebSocketController } from './web-socket.controller.js';
import { WebSocketPipes } from './web-socket.server.js';

@Module({
  imports: [TypeOrmModule.forFeature([Notification, NotificationStream]), AuthModule],
  controllers: [NotificationsController, ChangesController, WebSocketController],
  providers: [
    Delivery,
    LiveMetrics,
    LiveService,
    LiveWatch,
    NotificationsGateway,
    NotificationsRepository,
    NotificationsService,
    OpenPipes,
    StreamPruningService,
    StreamRecorder,
    WebSocketPipes,
  ],
})
export class NotificationsModule {}
