import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ChangesController } from './changes.controller.js';
import { Notification, NotificationStream } from './notification.entity.js';
import { NotificationsController } from './notifications.controller.js';
import { NotificationsRepository } from './notifications.repository.js';
import { NotificationsService } from './notifications.service.js';
import { StreamPruningService } from './stream-pruning.service.js';
import { StreamRecorder } from './stream-recorder.js';
import { StreamsRepository } from './streams.repository.js';
import { Streams } from './streams.js';

/** Records what happens to events in one stream per user; reads the streams by number and as inboxes. */
@Module({
  imports: [TypeOrmModule.forFeature([Notification, NotificationStream])],
  controllers: [NotificationsController, ChangesController],
  providers: [
    NotificationsRepository,
    NotificationsService,
    StreamPruningService,
    StreamRecorder,
    Streams,
    StreamsRepository,
  ],
  exports: [StreamRecorder, Streams],
})
export class NotificationsModule {}
