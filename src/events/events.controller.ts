import { Body, Controller, Delete, Get, Headers, HttpCode, Patch, Post, Put, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireRole } from '../permissions/role.guard.js';
import { SignedIn } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { AsOfQuery, readAsOf } from '../platform/http/as-of.js';
import { isNotModified, type Precondition, readPrecondition, versionTag } from '../platform/http/etag.js';
import { pageRequest, pageView } from '../platform/http/page.js';
import { UuidParam } from '../platform/http/uuid-param.js';
import { withSentPointers } from '../platform/http/validation.pipe.js';
import { ApiIfMatch, headers } from '../platform/openapi/api-headers.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { ApiShorthandBody } from '../platform/http/shorthand-body.js';
import { DryRun, Idempotent } from '../platform/http/write-route.js';
// Declares the documents of `stale_version` and `later_changes`.
import './clash-view.js';
import {
  CreateEventBody,
  CreateEventsBody,
  eventInput,
  ListEventsQuery,
  OccurrenceQuery,
  RestoreEventBody,
  UpdateEventBody,
} from './events.dto.js';
import { EventsService } from './events.service.js';
import { CreatedEventsView, EventsView, EventView, eventView, expandedView, notesView } from './event-view.js';
import { readFilter, readTarget } from './list-query.js';
import { OccurrencesService } from './occurrences.service.js';
import { respondWithEvent } from './respond-with-event.js';

@ApiTags('Events')
@Controller('api/events')
export class EventsController {
  constructor(
    private readonly events: EventsService,
    private readonly occurrences: OccurrencesService,
  ) {}

  @Post()
  @SignedIn()
  @DryRun()
  @Idempotent()
  @ApiOperation({
    operationId: 'createEvent',
    summary: 'Create an event',
    description: 'You become its owner. A busy event is checked against your other time: a clash is 409.',
  })
  @ApiCreatedResponse({ type: EventView, description: 'The event', headers: headers('ETag', 'Location') })
  @ApiProblems('event_conflict')
  async create(
    @CurrentActor() actor: Actor,
    @Body() body: CreateEventBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventView> {
    const created = await this.events.create(actor, eventInput(body));
    reply.header('location', `/api/events/${created.record.event.id}`);
    return respondWithEvent(created, reply);
  }

  @Post('batch')
  @SignedIn()
  @RouteConfig({ largeBody: true })
  @DryRun()
  @Idempotent()
  @ApiOperation({
    operationId: 'createEvents',
    summary: 'Create many events',
    description:
      'Takes `{events: […]}` or a bare list. All or nothing: every bad item is reported at once, and clashes among the new events count.',
  })
  @ApiShorthandBody(CreateEventsBody, CreateEventBody)
  @ApiCreatedResponse({ type: CreatedEventsView, description: 'All of them' })
  @ApiProblems('event_conflict')
  async createBatch(@CurrentActor() actor: Actor, @Body() body: CreateEventsBody): Promise<CreatedEventsView> {
    const records = await withSentPointers(body, () => this.events.createBatch(actor, body.events.map(eventInput)));
    return { items: records.map(({ record, notes }) => ({ ...eventView(record), ...notesView(notes) })) };
  }

  @Get()
  @SignedIn()
  @ApiOperation({
    operationId: 'listEvents',
    summary: 'List events',
    description:
      'Everything you can see, by start. The filters hold together; a series is found by any of its occurrences. `expand=true` lists one item an occurrence. `as_of` lists what you may see today as it was at that moment: filters, order and totals work on the state of then.',
  })
  @ApiOkResponse({ type: EventsView, description: 'A page of events' })
  @ApiProblems('validation_failed')
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: ListEventsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventsView> {
    const filter = readFilter(query, actor.timeZone);
    if (query.expand) {
      const page = await this.occurrences.expandAll(actor, filter, pageRequest(query, 'occurrences', 3));
      return { items: page.items.map(expandedView), ...pageView(page, query, request, reply) };
    }
    // A cursor belongs to one order at one moment.
    const order = ['events', query.sort ?? 'start_time', ...(filter.asOf ? [filter.asOf.toISOString()] : [])].join(':');
    const page = await this.events.list(actor, filter, pageRequest(query, order, 2));
    return { items: page.items.map((record) => eventView(record)), ...pageView(page, query, request, reply) };
  }

  @Get(':id')
  @RequireRole('read', { evenDeleted: true })
  @ApiOperation({
    operationId: 'getEvent',
    summary: 'Read an event',
    description:
      'With your role, what you may do, and everybody on it. `If-None-Match` with its ETag gives 304. With `as_of` its content, owner and people are those of then, your role is that of today; an owner can look at the past of a deleted event as well.',
  })
  @ApiHeader({
    name: 'If-None-Match',
    required: false,
    description: 'The version you have, such as `"3"`.',
    schema: { type: 'string' },
    example: '"3"',
  })
  @ApiOkResponse({ type: EventView, description: 'The event', headers: headers('ETag') })
  @ApiResponse({ status: 304, description: 'You already have this version', headers: headers('ETag') })
  async get(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @Query() query: AsOfQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventView | undefined> {
    const found = await this.events.get(actor, id, readAsOf(query, actor.timeZone));
    if (isNotModified(versionTag(found.record.event.version), request, reply)) return undefined;
    return eventView(found.record, found.members);
  }

  @Put(':id')
  @RequireRole('edit')
  @DryRun()
  @ApiOperation({
    operationId: 'updateEvent',
    summary: 'Change an event',
    description:
      'Partial: absent fields stay, null clears. Becomes a new version; nothing changed, no new version. With `If-Match` a change that was made for an older version is merged (`Convene-Merged`); what was changed on both sides is 412. With `occurrence` it changes a part of a series; `following` answers with the new event that begins there.',
  })
  @ApiIfMatch({ merges: true })
  @ApiOkResponse({ type: EventView, description: 'The event as it is now', headers: headers('ETag', 'Convene-Merged') })
  @ApiProblems('event_conflict', 'stale_version')
  put(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @Body() body: UpdateEventBody,
    @Query() query: OccurrenceQuery,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('prefer') prefer: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventView> {
    return this.update(actor, id, body, query, readPrecondition(ifMatch, prefer), reply);
  }

  @Patch(':id')
  @RequireRole('edit')
  @RouteConfig({ consumes: ['application/merge-patch+json'] })
  @DryRun()
  @ApiOperation({
    operationId: 'patchEvent',
    summary: 'Change an event (merge patch)',
    description:
      'The same as PUT; also takes `application/merge-patch+json` (RFC 7396): there, an object as `recurrence_pattern` only names what changes in the present one, and null takes a part of it away.',
  })
  @ApiConsumes('application/json', 'application/merge-patch+json')
  @ApiIfMatch({ merges: true })
  @ApiOkResponse({ type: EventView, description: 'The event as it is now', headers: headers('ETag', 'Convene-Merged') })
  @ApiProblems('event_conflict', 'stale_version')
  patch(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @Body() body: UpdateEventBody,
    @Query() query: OccurrenceQuery,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('prefer') prefer: string | undefined,
    @Headers('content-type') format: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventView> {
    const mergesPattern = format?.startsWith('application/merge-patch+json') ?? false;
    return this.update(actor, id, { ...body, mergesPattern }, query, readPrecondition(ifMatch, prefer), reply);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireRole('delete')
  @DryRun()
  @ApiOperation({
    operationId: 'deleteEvent',
    summary: 'Delete an event',
    description:
      'Owner only. Into the trash: its history stays readable to you, and it can be restored. With `occurrence` it takes a part of a series away.',
  })
  @ApiIfMatch()
  @ApiNoContentResponse({ description: 'Deleted' })
  @ApiProblems('stale_version')
  async delete(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @Query() query: OccurrenceQuery,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    await this.events.delete(actor, id, readPrecondition(ifMatch, 'handling=strict'), readTarget(query));
  }

  @Post(':id/restore')
  @HttpCode(200)
  @RequireRole('delete', { evenDeleted: true })
  @DryRun()
  @Idempotent()
  @ApiOperation({
    operationId: 'restoreEvent',
    summary: 'Restore a deleted event',
    description: 'Owner only. Checked against your time as it is now. Nothing happens to an event that is not deleted.',
  })
  @ApiBody({ type: RestoreEventBody, required: false })
  @ApiOkResponse({ type: EventView, description: 'The event as it is now', headers: headers('ETag') })
  @ApiProblems('event_conflict')
  async restore(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @Body() body: RestoreEventBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventView> {
    const { on_conflict: onConflict = 'reject', change_comment: comment = null } = body;
    return respondWithEvent(await this.events.restore(actor, id, onConflict, comment), reply);
  }

  private async update(
    actor: Actor,
    id: string,
    body: UpdateEventBody & { mergesPattern?: boolean },
    query: OccurrenceQuery,
    precondition: Precondition | null,
    reply: FastifyReply,
  ): Promise<EventView> {
    const target = readTarget(query);
    return respondWithEvent(await this.events.update(actor, id, eventInput(body), precondition, target), reply);
  }
}
