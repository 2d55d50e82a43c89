import { Body, Controller, Delete, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminOnly } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { pageRequest, pageView } from '../platform/http/page.js';
import { BEN, UuidParam } from '../platform/http/uuid-param.js';
import { headers } from '../platform/openapi/api-headers.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { notFound } from '../problems/problem.js';
import { AccountsService } from './accounts.service.js';
import {
  AccountDetailsView,
  AccountsView,
  AccountView,
  FiguresView,
  SignedOutView,
  toAccountDetailsView,
  toAccountView,
  toFiguresView,
} from './admin-view.js';
import { CreateAccountBody, ListAccountsQuery } from './admin.dto.js';
import { FiguresService } from './figures.service.js';
import { toNewAccount } from './read-account.js';

@ApiTags('Administration')
@Controller('api/admin')
@AdminOnly()
export class AdminController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly figures: FiguresService,
  ) {}

  @Get('users')
  @ApiOperation({
    operationId: 'listAccounts',
    summary: 'List accounts',
    description: 'Returns the accounts that are not erased, newest first.',
  })
  @ApiOkResponse({ type: AccountsView, description: 'A page of accounts' })
  @ApiProblems('validation_failed')
  async list(
    @Query() query: ListAccountsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccountsView> {
    const { q: text, role, disabled: isDisabled } = query;
    const page = await this.accounts.list({ text, role, isDisabled }, pageRequest(query, 'accounts', 1));
    return { items: page.items.map(toAccountView), ...pageView(page, query, request, reply) };
  }

  @Post('users')
  @ApiOperation({
    operationId: 'createAccount',
    summary: 'Create an account',
    description:
      'Creates an account for somebody, also on a server that accepts no registrations. Without `password`, a link to set one is sent to the e-mail address, and nobody can sign in before that.',
  })
  @ApiCreatedResponse({ type: AccountView, description: 'The account', headers: headers('Location') })
  @ApiProblems('name_taken')
  async create(
    @CurrentActor() actor: Actor,
    @Body() body: CreateAccountBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccountView> {
    const account = await this.accounts.create(actor, ...toNewAccount(body));
    reply.header('location', `/api/admin/users/${account.id}`);
    return toAccountView(account);
  }

  @Get('users/:id')
  @ApiOperation({
    operationId: 'getAccount',
    summary: 'Read an account',
    description: 'Returns the account with its sessions and the number of its events.',
  })
  @ApiOkResponse({ type: AccountDetailsView, description: 'The account' })
  @ApiProblems('not_found', 'validation_failed')
  async find(@UuidParam('id', 'The person.', BEN) id: string): Promise<AccountDetailsView> {
    return toAccountDetailsView(await this.accounts.find(id));
  }

  @Post('users/:id/disable')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'disableAccount',
    summary: 'Disable an account',
    description:
      'Ends every session and live connection of the person at once. Nothing that they were writing is committed afterwards. Nobody can sign in to the account: a sign-in with the right password answers `account_disabled`. Their events and roles stay. The last administrator cannot be disabled.',
  })
  @ApiOkResponse({ type: AccountView, description: 'The disabled account' })
  @ApiProblems('not_found', 'last_admin', 'validation_failed')
  async disable(@CurrentActor() actor: Actor, @UuidParam('id', 'The person.', BEN) id: string): Promise<AccountView> {
    return toAccountView(await this.accounts.disable(actor, id));
  }

  @Post('users/:id/enable')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'enableAccount',
    summary: 'Enable an account',
    description: 'Lets the person sign in again. Earlier sessions stay ended.',
  })
  @ApiOkResponse({ type: AccountView, description: 'The enabled account' })
  @ApiProblems('not_found', 'validation_failed')
  async enable(@CurrentActor() actor: Actor, @UuidParam('id', 'The person.', BEN) id: string): Promise<AccountView> {
    return toAccountView(await this.accounts.enable(actor, id));
  }

  @Post('users/:id/sign-out')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'signOutAccount',
    summary: 'Sign a person out everywhere',
    description:
      'Ends every session, live connection and app password of the person at once: calendar applications can read nothing from the next request on. Calendar feeds stay, because their links sign nobody in; disabling the account ends them too.',
  })
  @ApiOkResponse({ type: SignedOutView, description: 'Signed out' })
  @ApiProblems('not_found', 'validation_failed')
  async signOut(@CurrentActor() actor: Actor, @UuidParam('id', 'The person.', BEN) id: string): Promise<SignedOutView> {
    const { sessions, appPasswords } = await this.accounts.signOut(actor, id);
    return { sessions, app_passwords: appPasswords };
  }

  @Delete('users/:id/sessions/:session')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'endAccountSession',
    summary: 'Sign a device of a person out',
    description: 'Ends one of the `devices` of the account: its tokens and live connections, at once.',
  })
  @ApiNoContentResponse({ description: 'Ended' })
  @ApiProblems('not_found', 'validation_failed')
  async endSession(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The person.', BEN) id: string,
    @UuidParam('session', 'The session.') session: string,
  ): Promise<void> {
    if ((await this.accounts.endSession(actor, id, session)) === 0) throw notFound();
  }

  @Delete('users/:id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'eraseAccount',
    summary: 'Erase an account',
    description:
      'Cannot be undone. Does what the person could do (`DELETE /api/auth/me`): the personal data, sessions and roles end, the ownership of events with other members is transferred, and histories show “Deleted user”. The last administrator cannot be erased.',
  })
  @ApiNoContentResponse({ description: 'Erased' })
  @ApiProblems('not_found', 'last_admin', 'validation_failed')
  async erase(@CurrentActor() actor: Actor, @UuidParam('id', 'The person.', BEN) id: string): Promise<void> {
    await this.accounts.erase(actor, id);
  }

  @Post('users/:id/promote')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'promoteAccount',
    summary: 'Make a person an administrator',
    description: 'Administrators manage accounts and read the whole audit trail. They gain no access to events.',
  })
  @ApiOkResponse({ type: AccountView, description: 'The account' })
  @ApiProblems('not_found', 'validation_failed')
  async promote(@CurrentActor() actor: Actor, @UuidParam('id', 'The person.', BEN) id: string): Promise<AccountView> {
    return toAccountView(await this.accounts.promote(actor, id));
  }

  @Post('users/:id/demote')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'demoteAccount',
    summary: 'Make an administrator an ordinary person',
    description: 'The last administrator cannot be demoted.',
  })
  @ApiOkResponse({ type: AccountView, description: 'The account' })
  @ApiProblems('not_found', 'last_admin', 'validation_failed')
  async demote(@CurrentActor() actor: Actor, @UuidParam('id', 'The person.', BEN) id: string): Promise<AccountView> {
    return toAccountView(await this.accounts.demote(actor, id));
  }

  @Get('figures')
  @ApiOperation({
    operationId: 'getFigures',
    summary: 'Read figures of the installation',
    description: 'Returns how much is stored. Numbers of rows are estimates of PostgreSQL.',
  })
  @ApiOkResponse({ type: FiguresView, description: 'The figures' })
  async read(): Promise<FiguresView> {
    return toFiguresView(await this.figures.read());
  }
}
