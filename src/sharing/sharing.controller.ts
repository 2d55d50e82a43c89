import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { AsOfQuery, readAsOf } from '../platform/http/as-of.js';
import { UuidParam } from '../platform/http/uuid-param.js';
import { errorsOf, withSentPointers } from '../platform/http/validation.pipe.js';
import { Limits } from '../platform/limits/limits.service.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { ApiShorthandBody } from '../platform/http/shorthand-body.js';
import { WriteRoute } from '../platform/writes/write-route.js';
import { ChangeRoleBody, PermissionsView, permissionsView, ShareBody, ShareEntry } from './sharing.dto.js';
import { SharedView, sharedView } from './invitations.dto.js';
import { ListMembersService } from './list-members.service.js';
import { ShareService } from './share.service.js';
import { SharingService } from './sharing.service.js';
import { RequireRole } from '../permissions/role.guard.js';

@ApiTags('People')
@Controller('api/events/:id')
export class SharingController {
  constructor(
    private readonly sharing: SharingService,
    private readonly shares: ShareService,
    private readonly listing: ListMembersService,
    private readonly limits: Limits,
  ) {}

  @Post('share')
  @HttpCode(200)
  @RequireRole('share', { locks: true })
  @WriteRoute()
  @ApiOperation({
    operationId: 'shareEvent',
    summary: 'Share an event',
    description:
      'Owner only. Accepts `{users: […]}`, a bare list or a single entry. All or nothing: an unknown person or an invalid role rejects the call, with a pointer for each. Sharing again changes the role.\n\nAn e-mail address is invited: a mail with a link is sent to it, and the role begins when the person accepts or registers. The response is the same whether or not an account has the address. With `USER_LOOKUP=email` an account that has confirmed the address gets the role at once. Sharing again with an address changes the role of its invitation and, after an hour, sends another mail, whose link replaces the earlier one.\n\nReturns the members of the event, and the invitations of the addresses in the request.',
  })
  @ApiShorthandBody(ShareBody, ShareEntry)
  @ApiOkResponse({ type: SharedView, description: 'The members of the event, and the invitations of this call' })
  @ApiProblems('too_many_people')
  async share(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @Body() body: ShareBody,
  ): Promise<SharedView> {
    const requests = body.users.map(({ user_id: userId, username, email, role }) => ({
      userId,
      username,
      email,
      role,
    }));
    // Each name is a look-up: the answer says whether somebody has it.
    const names = requests.filter(({ userId }) => userId === undefined);
    await this.limits.spend('lookup_user', actor.userId, names.length);
    const addresses = requests.filter(({ email }) => email !== undefined).length;
    await this.limits.spend('invitations_user', actor.userId, addresses);
    await this.limits.spend('invitations_event', id, addresses);
    return sharedView(await withSentPointers(body, () => this.shares.share(actor, id, requests, errorsOf(body))));
  }

  @Get('permissions')
  @RequireRole('read', { readsOwnRole: true })
  @ApiOperation({
    operationId: 'listPermissions',
    summary: 'List the members of an event',
    description:
      'Returns the members, owner first, then by name. Every member may read them. With `as_of`, returns the members as of that time; the owner may also read those of a deleted event.',
  })
  @ApiOkResponse({ type: PermissionsView, description: 'The members of the event' })
  async list(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @Query() query: AsOfQuery,
  ): Promise<PermissionsView> {
    const asOf = readAsOf(query, actor.timeZone);
    return permissionsView(await this.listing.list(actor, id, asOf));
  }

  @Put('permissions/:userId')
  @RequireRole('share', { locks: true })
  @WriteRoute()
  @ApiOperation({
    operationId: 'changeRole',
    summary: 'Change a role or transfer the ownership',
    description:
      'Owner only. `owner` transfers the ownership: the previous owner becomes an editor, and the event is checked for conflicts with the events of the new owner. The owner cannot change their own role (409). Returns the members of the event.',
  })
  @ApiOkResponse({ type: PermissionsView, description: 'The members of the event' })
  @ApiProblems('event_conflict', 'owner_required')
  async changeRole(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @UuidParam('userId', 'The member.') userId: string,
    @Body() body: ChangeRoleBody,
  ): Promise<PermissionsView> {
    const onConflict = body.on_conflict ?? 'reject';
    return permissionsView(await this.sharing.changeRole(actor, id, userId, body.role, onConflict));
  }

  @Delete('permissions/:userId')
  @HttpCode(204)
  @RequireRole('read', { tellsOfDeletion: true })
  @WriteRoute()
  @ApiOperation({
    operationId: 'revokePermission',
    summary: 'Revoke access or leave an event',
    description:
      'The owner may revoke the access of any other member. Other members may leave. The owner cannot be removed (409).',
  })
  @ApiNoContentResponse({ description: 'The access is revoked' })
  @ApiProblems('forbidden', 'owner_required')
  async revoke(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') id: string,
    @UuidParam('userId', 'The member.') userId: string,
  ): Promise<void> {
    await this.sharing.revoke(actor, id, userId);
  }
}
