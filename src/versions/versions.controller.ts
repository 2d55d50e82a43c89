import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiExtraModels, getSchemaPath, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { wireContent } from '../content/wire.js';
import { EventView } from '../events/event-view.js';
import { respondWithEvent } from '../events/respond-with-event.js';
import { RequireRole } from '../permissions/role.guard.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { PageQuery, pageRequest, pageView } from '../platform/http/page.js';
import { UuidParam } from '../platform/http/uuid-param.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { headers } from '../platform/openapi/api-headers.js';
import { DryRun, Idempotent } from '../platform/http/write-route.js';
import { UsersService } from '../users/users.service.js';
import { logEntryView } from './log-view.js';
import { PositionParam, VersionParam } from './version-param.js';
import {
  ChangelogQuery,
  ChangelogView,
  DiffView,
  HistoryView,
  RevertBody,
  RollbackBody,
  undoOf,
  VersionWithSnapshotView,
  versionView,
} from './versions.dto.js';
import { VersionsService } from './versions.service.js';

const DIFF_TEXT = 'Version 1 to version 3\n\nTitle\n- Team meeting\n+ Team lunch\n';

@ApiTags('History')
@Controller('api/events/:id')
export class VersionsController {
  constructor(
    private readonly versions: VersionsService,
    private readonly users: UsersService,
  ) {}

  @Get('history')
  @RequireRole('read', { evenDeleted: true })
  @ApiOperation({
    operationId: 'listVersions',
    summary: 'Every version of an event',
    description: 'Newest first: who changed what, when and why.',
  })
  @ApiOkResponse({ type: HistoryView, description: 'A page of versions' })
  async history(
    @UuidParam('id', 'The event.') id: string,
    @Query() query: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HistoryView> {
    const page = await this.versions.list(id, pageRequest(query, 'versions', 1));
    return { items: page.items.map(versionView), ...pageView(page, query, request, reply) };
  }

  @Get('history/:version')
  @RequireRole('read', { evenDeleted: true })
  @ApiOperation({
    operationId: 'getVersion',
    summary: 'One version of an event',
    description: 'With the whole content as it was after that change.',
  })
  @ApiOkResponse({ type: VersionWithSnapshotView, description: 'That version' })
  async version(
    @UuidParam('id', 'The event.') id: string,
    @VersionParam('version') version: number,
  ): Promise<VersionWithSnapshotView> {
    const found = await this.versions.get(id, version);
    return { ...versionView(found), snapshot: wireContent(found.content) };
  }

  @Get('changelog')
  @RequireRole('read', { evenDeleted: true })
  @ApiOperation({
    operationId: 'listChangelog',
    summary: 'Everything that happened to an event',
    description:
      'Content and people in one order, oldest first (`?order=desc` for newest first), each with its changes. `position` names an entry, such as for undoing it.',
  })
  @ApiOkResponse({ type: ChangelogView, description: 'A page of changes' })
  async changelog(
    @UuidParam('id', 'The event.') id: string,
    @Query() query: ChangelogQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChangelogView> {
    const order = query.order ?? 'asc';
    const { field, author, kind } = query;
    const filter = { descending: order === 'desc', field, author, kind };
    const page = await this.versions.changelog(id, pageRequest(query, `changes:${order}`, 1), filter);
    const people = page.items.flatMap((entry) => entry.members ?? []).map((person) => person.userId);
    const names = await this.users.usernames(people);
    return {
      items: page.items.map((entry) => logEntryView(entry, names)),
      ...pageView(page, query, request, reply),
    };
  }

  @Get('diff/:v1/:v2')
  @RequireRole('read', { evenDeleted: true })
  @ApiOperation({
    operationId: 'diffVersions',
    summary: 'What differs between two versions',
    description:
      'In either order; `current` names the present state, 0 the time before the first version. `Accept: text/plain` gives a readable difference.',
  })
  @RouteConfig({ produces: ['text/plain'] })
  @ApiExtraModels(DiffView)
  @ApiOkResponse({
    description: 'The differences',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(DiffView) } },
      'text/plain': { schema: { type: 'string' }, example: DIFF_TEXT },
    },
  })
  async diff(
    @UuidParam('id', 'The event.') id: string,
    @VersionParam('v1', { orState: true }) v1: number | 'current',
    @VersionParam('v2', { orState: true }) v2: number | 'current',
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DiffView | string> {
    const { from, to, changes, patch, summary, rendered } = await this.versions.diff(id, v1, v2);
    if (request.responseFormat === 'text/plain') {
      reply.type('text/plain; charset=utf-8');
      return `Version ${from} to version ${to}\n\n${rendered}\n`;
    }
    return { from_version: from, to_version: to, changes, patch, summary };
  }

  @Post('rollback/:version')
  @HttpCode(200)
  @RequireRole('edit', { evenDeleted: true })
  @DryRun()
  @Idempotent()
  @ApiOperation({
    operationId: 'rollbackEvent',
    summary: 'Bring an old version back',
    description:
      'Writes the old content, or some fields of it, as a new version, checked for conflicts like any change. History is never rewritten.',
  })
  @ApiBody({ type: RollbackBody, required: false })
  @ApiOkResponse({ type: EventView, description: 'The event as it is now', headers: headers('ETag') })
  @ApiProblems('event_conflict')
  async rollback(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @VersionParam('version') version: number,
    @Body() body: RollbackBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventView> {
    const request = { fields: body.fields, ...undoOf(body) };
    return respondWithEvent(await this.versions.rollback(actor, id, version, request), reply);
  }

  @Post('revert/:version')
  @HttpCode(200)
  @RequireRole('edit', { evenDeleted: true })
  @DryRun()
  @Idempotent()
  @ApiOperation({
    operationId: 'revertChange',
    summary: 'Undo one change',
    description:
      'Takes back what that one version changed and keeps everything later, as a new version, checked for conflicts. 409 with the fields in the way when later versions changed the same.',
  })
  @ApiBody({ type: RevertBody, required: false })
  @ApiOkResponse({ type: EventView, description: 'The event as it is now', headers: headers('ETag') })
  @ApiProblems('event_conflict', 'later_changes')
  async revert(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @VersionParam('version') version: number,
    @Body() body: RevertBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventView> {
    return respondWithEvent(await this.versions.revert(actor, id, version, undoOf(body)), reply);
  }

  @Post('changelog/:position/undo')
  @HttpCode(200)
  @RequireRole('edit', { evenDeleted: true })
  @DryRun()
  @Idempotent()
  @ApiOperation({
    operationId: 'undoChange',
    summary: 'Undo whatever stands in the changelog',
    description:
      'A version as by `revert/{version}`. For the owner also a share (whom it let in are removed), a change of role, a removal (the role is given back) or a handover (the event is handed back, checked against the time of the old owner). All of it or nothing, as a new entry of the log. 409 with everybody whose role became another since.',
  })
  @ApiBody({ type: RevertBody, required: false })
  @ApiOkResponse({ type: EventView, description: 'The event as it is now', headers: headers('ETag') })
  @ApiProblems('event_conflict', 'too_many_people', 'later_changes')
  async undo(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @PositionParam() position: number,
    @Body() body: RevertBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventView> {
    return respondWithEvent(await this.versions.undo(actor, id, position, undoOf(body)), reply);
  }
}
