import { Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SignedIn } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { pageRequest, pageView } from '../platform/http/page.js';
import { UuidParam } from '../platform/http/uuid-param.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import {
  ListNotificationsQuery,
  NotificationsView,
  NotificationView,
  notificationView,
  ReadAllView,
} from './notifications.dto.js';
import { NotificationsService } from './notifications.service.js';

@ApiTags('Notifications')
@Controller('api/notifications')
export class NotificationsController {
  constructor(private readonly notifications: NotificationsService) {}

  @Get()
  @SignedIn()
  @ApiOperation({
    operationId: 'listNotifications',
    summary: 'Your inbox',
    description: 'Everything that happened on events you could see, newest first. Your own actions are already read.',
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
      items: page.items.map(notificationView),
      ...pageView(page, query, request, reply),
      unread_count: await this.notifications.unreadCount(actor.userId),
    };
  }

  @Post('read-all')
  @HttpCode(200)
  @SignedIn()
  @ApiOperation({
    operationId: 'readAllNotifications',
    summary: 'Mark everything as read',
    description: 'Answers with how many were unread.',
  })
  @ApiOkResponse({ type: ReadAllView, description: 'Done' })
  @ApiProblems('validation_failed')
  async readAll(@CurrentActor() actor: Actor): Promise<ReadAllView> {
    return { updated: await this.notifications.readAll(actor.userId) };
  }

  @Post(':id/read')
  @HttpCode(200)
  @SignedIn()
  @ApiOperation({
    operationId: 'readNotification',
    summary: 'Mark one as read',
    description: 'Answers with the item. Marking it twice keeps the first time.',
  })
  @ApiOkResponse({ type: NotificationView, description: 'The notification, read' })
  @ApiProblems('not_found', 'validation_failed')
  async read(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The notification.') id: string,
  ): Promise<NotificationView> {
    return notificationView(await this.notifications.read(actor.userId, id));
  }
}
