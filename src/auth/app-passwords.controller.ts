import { Body, Controller, Delete, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { UuidParam } from '../platform/http/uuid-param.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import {
  AppPasswordsView,
  appPasswordView,
  CreateAppPasswordBody,
  NewAppPasswordView,
  newAppPasswordView,
} from './app-passwords.dto.js';
import { AppPasswords } from './app-passwords.service.js';

/** The passwords of calendar applications. */
@ApiTags('Accounts')
@Controller('api/auth/app-passwords')
@SignedIn()
export class AppPasswordsController {
  constructor(private readonly passwords: AppPasswords) {}

  @Post()
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'createAppPassword',
    summary: 'Make a password for a calendar application',
    description:
      'With your user name and this password, a calendar application reads your calendar over CalDAV at `/dav/`. It opens nothing else, and your own password does not open `/dav/`. It ends when you revoke it, change your password or erase your account, and when an administrator signs you out everywhere or disables your account. You can have up to 50.',
  })
  @ApiCreatedResponse({ type: NewAppPasswordView, description: 'The password, shown this once' })
  async createAppPassword(
    @CurrentActor() actor: Actor,
    @Body() body: CreateAppPasswordBody,
  ): Promise<NewAppPasswordView> {
    return newAppPasswordView(await this.passwords.create(actor, body.name));
  }

  @Get()
  @ApiOperation({
    operationId: 'listAppPasswords',
    summary: 'List the passwords of your calendar applications',
    description: 'Returns them without the passwords themselves, the latest first.',
  })
  @ApiOkResponse({ type: AppPasswordsView, description: 'Your app passwords' })
  async listAppPasswords(@CurrentActor() actor: Actor): Promise<AppPasswordsView> {
    return { items: (await this.passwords.list(actor)).map(appPasswordView) };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'revokeAppPassword',
    summary: 'Revoke the password of a calendar application',
    description: 'The application can read nothing from the next request on.',
  })
  @ApiNoContentResponse({ description: 'Revoked' })
  @ApiProblems('not_found', 'validation_failed')
  async revokeAppPassword(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The app password.') id: string,
  ): Promise<void> {
    await this.passwords.revoke(actor, id);
  }
}
