import { Body, Controller, Delete, Get, Headers, HttpCode, Patch, Post, Put, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireRole } from '../permissions/role.guard.js';
import { SignedIn } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { mapInParts } from '../platform/hooks/map-in-parts.js';
import { AsOfQuery, readAsOf } from '../platform/http/as-of.js';
import { readPrecondition, refuseIfExists } from '../platform/http/etag.js';
import { pageRequest, pageView } from '../platform/http/page.js';
import { UuidParam } from '../platform/http/uuid-param.js';
import { errorsOf, withSentPointers } from '../platform/http/validation.pipe.js';
import { ApiIfMatch, headers } from '../platform/openapi/api-headers.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { ApiShorthandBody } from '../platform/http/shorthand-body.js';
import { WriteRoute } from '../platform/writes/write-route.js';
import { STALE_VERSION } from './clash-view.js';
import {
  CreateEventBody,
  CreateEventsBody,
  toEventInput,
  ListEventsQuery,
  OccurrenceQuery,
  RestoreEventBody,
  UpdateEventBody,
} from './events.dto.js';
import { EventsService } from './events.service.js';
import { CreatedEventsView, EventsView, EventView } from './event-view.js';
import { ListEventsService } from './list-events.service.js';
import { eventView, expandedViews, listedView, notesView } from './to-event-view.js';
import { listBudget, readFilter, readSyncParameters, readTarget } from './list-query.js';
import { OccurrencesService } from './occurrences.service.js';
import { ReadEventsService } from './read-events.service.js';
import { respondWithEvent, sendEvent } from './respond-with-event.js';

@ApiTags('Events')
@Controller('api/events')
export class EventsController {
  constructor(
    private readonly events: EventsService,
    private readonly reading: ReadEventsService,
    private readonly listing: ListEventsService,
    private readonly occurrences: OccurrencesService,
  ) {}

  @Post()
  @SignedIn()
  @WriteRoute()
  @ApiOperation({
    operationId: 'createEvent',
    summary: 'Create an event',
    description:
      'You become the owner. A busy event that conflicts with another one of yours is rejected (409), unless `on_conflict` allows or skips it.',
  })
  @ApiCreatedResponse({ type: EventView, description: 'The event', headers: headers('ETag', 'Location') })
  @ApiProblems('event_conflict')
  async create(
    @CurrentActor() actor: Actor,
    @Body() body: CreateEventBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventView> {
    const created = await this.events.create(actor, toEventInput(body));
    reply.header('location', `/api/events/${created.record.event.id}`);
    return respondWithEvent(created, reply);
  }

  @Post('batch')
  @SignedIn()
  @RouteConfig({ largeBody: true })
  @WriteRoute()
  @ApiOperation({
    operationId: 'createEvents',
    summary: 'Create several events',
    description:
      'Accepts `{events: […]}` or a bare list. All or nothing, and the new events are checked for conflicts among themselves too. A problem contains the errors of every item at once: with invalid values (422), the conflicts of the other items as well.',
  })
  @ApiShorthandBody(CreateEventsBody, CreateEventBody)
  @ApiCreatedResponse({ type: CreatedEventsView, description: 'The events' })
  @ApiProblems('event_conflict')
  async createBatch(@CurrentActor() actor: Actor, @Body() body: CreateEventsBody): Promise<CreatedEventsView> {
    const records = await withSentPointers(body, () =>
      this.events.createBatch(actor, body.events.map(toEventInput), errorsOf(body)),
    );
    return { items: await mapInParts(records, ({ record, notes }) => ({ ...eventView(record), ...notesView(notes) })) };
  }

  @Get()
  @SignedIn()
  @RouteConfig({ userBudget: listBudget })
  @ApiOperation({
    operationId: 'listEvents',
    summary: 'List events',
    description:
      'Lists all events that you may see, by start. Events must match all filters; a series matches by any of its occurrences. `expand=true` returns one item per occurrence. `as_of` returns the events that you may see today as of that time: filters, order and totals apply to that state.\n\nThe last page has a `sync_token`. Send it instead of the filters, and you receive what changed since the first page was read: `items` as they are now, and in `removed` what is no longer in the list. Each event is in one of them once. A long response has further pages (`next_cursor`); the last one has the token of your next request. If changes since then are no longer stored, the response is 410 `resync`: list the events again. Lists with `expand`, `as_of` or `deleted` and numbered pages have no token.',
  })
  @ApiOkResponse({ type: EventsView, description: 'A page of events, or of what changed' })
  @ApiProblems('validation_failed', 'resync')
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: ListEventsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventsView> {
    if (query.sync_token !== undefined) return this.listChanged(actor, query, request, reply);
    const filter = readFilter(query, actor.timeZone);
    if (query.expand) {
      const page = await this.occurrences.expandAll(actor, filter, pageRequest(query, 'occurrences', 3));
      return { items: expandedViews(page.items), ...pageView(page, query, request, reply) };
    }
    // A cursor is valid for one order and one `as_of`.
    const order = ['events', query.sort ?? 'start_time', ...(filter.asOf ? [filter.asOf.toISOString()] : [])].join(':');
    const page = await this.listing.list(actor, filter, pageRequest(query, order, 3));
    return { ...listedView(page), ...pageView(page, query, request, reply) };
  }

  @Get(':id')
  @RequireRole('read', { evenDeleted: true, readsOwnRole: true })
  @ApiOperation({
    operationId: 'getEvent',
    summary: 'Read an event',
    description:
      'Returns the event with your role, the actions that it allows, and the members. `If-None-Match` with the current ETag gives 304. With `as_of`, content, owner and members are as of that time, and your role is your current one; the owner may also read earlier states of a deleted event.',
  })
  @ApiOkResponse({ type: EventView, description: 'The event', headers: headers('ETag') })
  async get(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @Query() query: AsOfQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventView | string | undefined> {
    const found = await this.reading.get(actor, id, readAsOf(query, actor.timeZone));
    return sendEvent(found, request, reply);
  }

  @Put(':id')
  @RequireRole('edit', { locks: true })
  @WriteRoute()
  @ApiOperation({
    operationId: 'updateEvent',
    summary: 'Update an event',
    description:
      'Absent fields keep their values, and null clears. You may send the event as you have read it, with some fields changed: members that only the server sets are ignored, and `version` counts as `If-Match` if you do not send that header. A change creates a new version; a request that changes nothing does not. With `If-Match`, a change to an older version is merged (`Convene-Merged`), or rejected with 412 if both sides changed the same fields. With `occurrence`, `scope` selects the occurrences to change; `following` returns the new event that begins there.',
  })
  @ApiIfMatch({ merges: true })
  @ApiOkResponse({ type: EventView, description: 'The event as it is now', headers: headers('ETag', 'Convene-Merged') })
  @ApiProblems('event_conflict', STALE_VERSION, 'precondition_failed')
  put(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @Body() body: UpdateEventBody,
    @Query() query: OccurrenceQuery,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Headers('prefer') prefer: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventView> {
    return this.update(actor, id, body, query, { ifMatch, ifNoneMatch, prefer }, reply);
  }

  @Patch(':id')
  @RequireRole('edit', { locks: true })
  @RouteConfig({ consumes: ['application/merge-patch+json'] })
  @WriteRoute()
  @ApiOperation({
    operationId: 'patchEvent',
    summary: 'Update an event (merge patch)',
    description:
      'The same as PUT. With `application/merge-patch+json` (RFC 7396), an object in `recurrence_pattern` is merged into the current pattern, and null removes a member of it.',
  })
  @ApiConsumes('application/json', 'application/merge-patch+json')
  @ApiIfMatch({ merges: true })
  @ApiOkResponse({ type: EventView, description: 'The event as it is now', headers: headers('ETag', 'Convene-Merged') })
  @ApiProblems('event_conflict', STALE_VERSION, 'precondition_failed')
  patch(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @Body() body: UpdateEventBody,
    @Query() query: OccurrenceQuery,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Headers('prefer') prefer: string | undefined,
    @Headers('content-type') format: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventView> {
    const mergesPattern = format?.startsWith('application/merge-patch+json') ?? false;
    return this.update(actor, id, { ...body, mergesPattern }, query, { ifMatch, ifNoneMatch, prefer }, reply);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireRole('edit', { locks: true, tellsOfDeletion: false })
  @WriteRoute()
  @ApiOperation({
    operationId: 'deleteEvent',
    summary: 'Delete an event',
    description:
      'Owner only. Moves the event to the trash: you can still read its history and restore it. With `occurrence`, removes the occurrences that `scope` selects, which editors may do as well unless none would remain.',
  })
  @ApiIfMatch()
  @ApiNoContentResponse({ description: 'Deleted' })
  @ApiProblems(STALE_VERSION, 'precondition_failed')
  async delete(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @Query() query: OccurrenceQuery,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
  ): Promise<void> {
    refuseIfExists(ifNoneMatch);
    await this.events.delete(actor, id, readPrecondition(ifMatch, 'handling=strict'), readTarget(query));
  }

  @Post(':id/restore')
  @HttpCode(200)
  @RequireRole('delete', { evenDeleted: true, locks: true })
  @WriteRoute()
  @ApiOperation({
    operationId: 'restoreEvent',
    summary: 'Restore a deleted event',
    description: 'Owner only. The event is checked for conflicts. An event that is not deleted is returned unchanged.',
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

  private async listChanged(
    actor: Actor,
    query: ListEventsQuery,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<EventsView> {
    const token = readSyncParameters(query);
    const page = await this.listing.changesSince(actor, token, pageRequest(query, 'events:sync', 2));
    return { ...listedView(page), removed: page.removed, ...pageView(page, query, request, reply) };
  }

  private async update(
    actor: Actor,
    id: string,
    body: UpdateEventBody & { mergesPattern?: boolean },
    query: OccurrenceQuery,
    { ifMatch, ifNoneMatch, prefer }: { ifMatch?: string; ifNoneMatch?: string; prefer?: string },
    reply: FastifyReply,
  ): Promise<EventView> {
    refuseIfExists(ifNoneMatch);
    const target = readTarget(query);
    const precondition = readPrecondition(ifMatch ?? body.version?.toString(), prefer);
    return respondWithEvent(await this.events.update(actor, id, toEventInput(body), precondition, target), reply);
  }
}
