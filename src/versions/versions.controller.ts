import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiExtraModels, getSchemaPath, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { wireContent } from '../content/wire.js';
import { LATER_CHANGES } from '../events/clash-view.js';
import { EventView } from '../events/event-view.js';
import { respondWithEvent } from '../events/respond-with-event.js';
import { RequireRole } from '../permissions/role.guard.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { TimeSlices } from '../platform/hooks/time-slices.js';
import { PageQuery, pageRequest, pageView } from '../platform/http/page.js';
import { UuidParam } from '../platform/http/uuid-param.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { headers } from '../platform/openapi/api-headers.js';
import { WriteRoute } from '../platform/writes/write-route.js';
import { UsersService } from '../users/users.service.js';
import { DiffView } from './difference-view.js';
import { ChangelogView, type LogEntryView, logEntryView } from './log-view.js';
import { PositionParam, VersionParam } from './version-param.js';
import { HistoryView, versionView, VersionWithSnapshotView } from './version-view.js';
import { ChangelogQuery, RevertBody, RollbackBody, toUndo } from './versions.dto.js';
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
  @RequireRole('read', { readsOwnRole: true })
  @ApiOperation({
    operationId: 'listVersions',
    summary: 'List the versions of an event',
    description: 'Lists the versions, newest first, with author, time, changed fields and comment.',
  })
  @ApiOkResponse({ type: HistoryView, description: 'A page of versions' })
  async list(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @Query() query: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HistoryView> {
    const page = await this.versions.list(actor, id, pageRequest(query, 'versions', 1));
    return { items: page.items.map(versionView), ...pageView(page, query, request, reply) };
  }

  @Get('history/:version')
  @RequireRole('read', { readsOwnRole: true })
  @ApiOperation({
    operationId: 'getVersion',
    summary: 'Read a version of an event',
    description: 'Returns the version with the complete content after its change.',
  })
  @ApiOkResponse({ type: VersionWithSnapshotView, description: 'The version' })
  async get(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @VersionParam('version') version: number,
  ): Promise<VersionWithSnapshotView> {
    const found = await this.versions.get(actor, id, version);
    return { ...versionView(found), snapshot: wireContent(found.content) };
  }

  @Get('changelog')
  @RequireRole('read', { readsOwnRole: true })
  @ApiOperation({
    operationId: 'listChangelog',
    summary: 'List the changelog of an event',
    description:
      'Lists the changes to content and members in one order, oldest first, or newest first with `?order=desc`. `position` identifies an entry, for example to undo it. A page has fewer than `limit` entries when they are very large.',
  })
  @ApiOkResponse({ type: ChangelogView, description: 'A page of changes' })
  async listChangelog(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @Query() query: ChangelogQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChangelogView> {
    const order = query.order ?? 'asc';
    const { field, author, kind } = query;
    const filter = { descending: order === 'desc', field, author, kind };
    const page = await this.versions.listChangelog(actor, id, pageRequest(query, `changes:${order}`, 1), filter);
    const userIds = page.items.flatMap((entry) => entry.members ?? []).map(({ userId }) => userId);
    const names = await this.users.usernames(userIds);
    const slices = new TimeSlices();
    const items: LogEntryView[] = [];
    for (const entry of page.items) {
      await slices.pause();
      items.push(logEntryView(entry, names));
    }
    return { items, ...pageView(page, query, request, reply) };
  }

  @Get('diff/:v1/:v2')
  @RequireRole('read', { readsOwnRole: true })
  @ApiOperation({
    operationId: 'diffVersions',
    summary: 'Compare two versions',
    description:
      'Compares two versions in either order. `current` is the current state, and 0 the empty state before the first version. `Accept: text/plain` gives a readable difference: texts line by line, old lines after `-` and new ones after `+`, with control characters and changes of direction escaped.',
  })
  @RouteConfig({ produces: ['text/plain'], userBudget: 'expensive_reads' })
  @ApiExtraModels(DiffView)
  @ApiOkResponse({
    description: 'The differences',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(DiffView) } },
      'text/plain': { schema: { type: 'string' }, example: DIFF_TEXT },
    },
  })
  async diff(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @VersionParam('v1', { orState: true }) v1: number | 'current',
    @VersionParam('v2', { orState: true }) v2: number | 'current',
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DiffView | string> {
    const { from, to, changes, patch, summary, rendered } = await this.versions.diff(actor, id, v1, v2);
    if (request.responseFormat === 'text/plain') {
      reply.type('text/plain; charset=utf-8');
      return `Version ${from} to version ${to}\n\n${rendered}\n`;
    }
    return { from_version: from, to_version: to, changes, patch, summary };
  }

  @Post('rollback/:version')
  @HttpCode(200)
  @RequireRole('edit', { evenDeleted: true, locks: true })
  @WriteRoute()
  @ApiOperation({
    operationId: 'rollbackEvent',
    summary: 'Roll back to an earlier version',
    description:
      'Writes the content of an earlier version, or some fields of it, as a new version. The server checks it for conflicts like any change. History is never rewritten.',
  })
  @ApiBody({ type: RollbackBody, required: false })
  @ApiOkResponse({ type: EventView, description: 'The event as it is now', headers: headers('ETag') })
  @ApiProblems('event_conflict', LATER_CHANGES)
  async rollback(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @VersionParam('version') version: number,
    @Body() body: RollbackBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventView> {
    const request = { fields: body.fields, ...toUndo(body) };
    return respondWithEvent(await this.versions.rollback(actor, id, version, request), reply);
  }

  @Post('revert/:version')
  @HttpCode(200)
  @RequireRole('edit', { evenDeleted: true, locks: true })
  @WriteRoute()
  @ApiOperation({
    operationId: 'revertChange',
    summary: 'Undo one change',
    description:
      'Undoes the change of one version and keeps all later changes, as a new version that is checked for conflicts. If later versions changed the same fields, the response is 409 with these fields.',
  })
  @ApiBody({ type: RevertBody, required: false })
  @ApiOkResponse({ type: EventView, description: 'The event as it is now', headers: headers('ETag') })
  @ApiProblems('event_conflict', LATER_CHANGES)
  async revert(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @VersionParam('version') version: number,
    @Body() body: RevertBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventView> {
    return respondWithEvent(await this.versions.revert(actor, id, version, toUndo(body)), reply);
  }

  @Post('changelog/:position/undo')
  @HttpCode(200)
  @RequireRole('edit', { evenDeleted: true, locks: true })
  @WriteRoute()
  @ApiOperation({
    operationId: 'undoChange',
    summary: 'Undo an entry of the changelog',
    description:
      'Undoes a version as `revert/{version}` does. The owner can also undo changes of members: a share (the access is revoked), a change of role or a revocation (the previous role is restored), and a transfer of ownership (the event is returned to the previous owner and checked for conflicts with their events). The change is undone completely or not at all, and creates a new entry. If the role of a person changed again since, the response is 409 with these people.',
  })
  @ApiBody({ type: RevertBody, required: false })
  @ApiOkResponse({ type: EventView, description: 'The event as it is now', headers: headers('ETag') })
  @ApiProblems('event_conflict', 'too_many_people', LATER_CHANGES)
  async undo(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @PositionParam() position: number,
    @Body() body: RevertBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventView> {
    return respondWithEvent(await this.versions.undo(actor, id, position, toUndo(body)), reply);
  }
}
