import { Body, Controller, Delete, Get, Header, HttpCode, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireRole } from '../permissions/role.guard.js';
import { Public } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { CurrentOrigin } from '../platform/http/request-origin.js';
import { UuidParam } from '../platform/http/uuid-param.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import type { RequestOrigin } from '../platform/tracing/request-origin.js';
import { WriteRoute } from '../platform/writes/write-route.js';
import { AcceptInvitationsService } from './accept-invitations.service.js';
import { AcceptedInvitationsView, acceptedView, AcceptInvitationBody } from './invitations.dto.js';
import { InvitationsView, invitationsView } from './invitations.dto.js';
import { InvitationsService } from './invitations.service.js';

/** Invitations by e-mail. They are made by sharing an event with an address. */
@ApiTags('People')
@Controller('api')
export class InvitationsController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly accepting: AcceptInvitationsService,
  ) {}

  @Get('events/:id/invitations')
  @RequireRole('share', { readsOwnRole: true })
  @ApiOperation({
    operationId: 'listInvitations',
    summary: 'List the invitations to an event',
    description:
      'Owner only. Returns the addresses that were invited by e-mail and have not accepted, oldest first. Invite with `POST …/share`, which also changes the role of an invitation.',
  })
  @ApiOkResponse({ type: InvitationsView, description: 'The invitations that can be accepted' })
  async list(@CurrentActor() actor: Actor, @UuidParam('id', 'The event.') id: string): Promise<InvitationsView> {
    return invitationsView(await this.invitations.list(actor, id));
  }

  @Delete('events/:id/invitations/:invitationId')
  @HttpCode(204)
  @RequireRole('share', { locks: true })
  @WriteRoute()
  @ApiOperation({
    operationId: 'revokeInvitation',
    summary: 'Revoke an invitation',
    description:
      'Owner only. The link in the mail accepts nothing from then on. An invitation that was accepted is gone: revoke the access of the member instead.',
  })
  @ApiNoContentResponse({ description: 'The invitation is revoked' })
  async revoke(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @UuidParam('invitationId', 'The invitation.') invitationId: string,
  ): Promise<void> {
    await this.invitations.revoke(actor, id, invitationId);
  }

  @Post('invitations/accept')
  @HttpCode(200)
  @RouteConfig({ addressBudget: 'links_address' })
  @Header('cache-control', 'no-store')
  @Public()
  @ApiOperation({
    operationId: 'acceptInvitation',
    summary: 'Accept an invitation with its link',
    description:
      'For people who have an account that has confirmed the invited address; others register with the token (`invitation`). The role goes to that account, no matter who sends the token. A member keeps a higher role.',
  })
  @ApiOkResponse({ type: AcceptedInvitationsView, description: 'Accepted' })
  @ApiProblems('address_not_confirmed', 'too_many_people')
  async accept(
    @CurrentOrigin() origin: RequestOrigin,
    @Body() body: AcceptInvitationBody,
  ): Promise<AcceptedInvitationsView> {
    return acceptedView(await this.accepting.accept(origin, body.token));
  }
}
