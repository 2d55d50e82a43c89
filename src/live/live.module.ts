import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { ChangesStreamController } from './changes-stream.controller.js';
import { Delivery } from './delivery.js';
import { LiveGateway } from './live.gateway.js';
import { LiveMetrics } from './live-metrics.js';
import { LiveService } from './live.service.js';
import { LivePoller } from './live-poller.js';
import { OpenConnections } from './open-connections.js';
import { WebSocketController } from './web-socket.controller.js';
import { LiveWebSocketServer } from './web-socket.server.js';

/** Delivers the streams of changes over socket.io, WebSocket and Server-Sent Events. */
@Module({
  imports: [AuthModule, NotificationsModule],
  controllers: [ChangesStreamController, WebSocketController],
  providers: [Delivery, LiveGateway, LiveMetrics, LiveService, LivePoller, OpenConnections, LiveWebSocketServer],
})
export class LiveModule {}
