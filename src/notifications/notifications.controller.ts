import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SignedIn } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { pageRequest, pageView } from '../platform/http/page.js';
import { UuidParam } from '../platform/http/uuid-param.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { NotificationView, toNotificationView } from './notification-view.js';
import { ListNotificationsQuery, NotificationsView, ReadAllBody, ReadAllView } from './notifications.dto.js';
import { NotificationsService } from './notifications.service.js';

@ApiTags('Notifications')
@Controller('api/notifications')
export class NotificationsController {
  constructor(private readonly notifications: NotificationsService) {}

  @Get()
  @SignedIn()
  @ApiOperation({
    operationId: 'listNotifications',
    summary: 'List your notifications',
    description:
      'Everything that happened on events while you could see them, newest first. Your own actions are read from the start.',
  })
  @ApiOkResponse({ type: NotificationsView, description: 'A page of notifications' })
  @ApiProblems('validation_failed')
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: ListNotificationsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NotificationsView> {
    const page = await this.notifications.list(
      actor.userId,
      query.unread ?? false,
      pageRequest(query, 'notifications', 1),
    );
    return {
      items: page.items.map(toNotificationView),
      ...pageView(page, query, request, reply),
      unread_count: page.unreadCount,
    };
  }

  @Post('read-all')
  @HttpCode(200)
  @SignedIn()
  @ApiOperation({
    operationId: 'readAllNotifications',
    summary: 'Mark all notifications as read',
    description:
      'Returns how many were unread. Send `up_to`, the `seq` of the last one that you have shown, so that you do not mark one that arrived since.',
  })
  @ApiBody({ type: ReadAllBody, required: false })
  @ApiOkResponse({ type: ReadAllView, description: 'All notifications are read' })
  @ApiProblems('validation_failed')
  async readAll(@CurrentActor() actor: Actor, @Body() body: ReadAllBody): Promise<ReadAllView> {
    return { updated: await this.notifications.markAllRead(actor.userId, body.up_to ?? null) };
  }

  @Post(':id/read')
  @HttpCode(200)
  @SignedIn()
  @ApiOperation({
    operationId: 'readNotification',
    summary: 'Mark a notification as read',
    description: 'Returns the notification. Marking it again keeps the first `read_at`.',
  })
  @ApiOkResponse({ type: NotificationView, description: 'The notification, read' })
  @ApiProblems('not_found', 'validation_failed')
  async read(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The notification.') id: string,
  ): Promise<NotificationView> {
    return toNotificationView(await this.notifications.markRead(actor.userId, id));
  }
}
