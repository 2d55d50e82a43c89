import { Body, Controller, Delete, Get, Header, HttpCode, Patch, Post, Req } from '@nestjs/common';
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
import type { FastifyRequest } from 'fastify';
import { OptionallySignedIn, Public, SignedIn } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { CurrentOrigin, originOf } from '../platform/http/request-origin.js';
import { NeverLimited } from '../platform/limits/never-limited.js';
import type { RequestOrigin } from '../platform/tracing/request-origin.js';
import { invalid } from '../problems/problem.js';
import { NeverQueued } from '../platform/queues/request-queues.js';
import { UuidParam } from '../platform/http/uuid-param.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { userView, UserView } from '../users/user-view.js';
import {
  EraseMeBody,
  LoginBody,
  LogoutBody,
  RefreshBody,
  RegisterBody,
  SessionsView,
  sessionView,
  TokensView,
  UpdateMeBody,
} from './auth.dto.js';
import { AuthService } from './auth.service.js';
import { ErasureService } from './erasure.service.js';
import { RegistrationService } from './registration.service.js';
import type { SignedInUser } from './token-pairs.js';

/** For responses with tokens (RFC 6749 §5.1). */
const NO_STORE = ['cache-control', 'no-store'] as const;
const FORM = 'application/x-www-form-urlencoded';

@ApiTags('Accounts')
@Controller('api/auth')
export class AuthController {
  constructor(
    private readonly registrations: RegistrationService,
    private readonly auth: AuthService,
    private readonly erasures: ErasureService,
  ) {}

  @Post('register')
  @Header(...NO_STORE)
  @Public()
  @RouteConfig({ addressBudget: 'register_address' })
  @ApiOperation({
    operationId: 'register',
    summary: 'Sign up',
    description:
      'Creates an account and signs it in. A mail with a link that verifies the e-mail address is sent to it. A user name that is taken is refused (409). An e-mail address that another account has is not, so that nobody learns who has an account: by that address, others reach the account that verified it, or else the first one. With `USER_LOOKUP=email` it is refused too. With the token of an invitation the address counts as verified at once, no such mail is sent, and every invitation to the address becomes a role. A server can be configured to accept only invited people, or no new accounts.',
  })
  @ApiCreatedResponse({ type: TokensView, description: 'The account, signed in' })
  @ApiProblems('name_taken', 'registration_closed', 'invitation_required')
  async register(@Body() body: RegisterBody, @CurrentOrigin() origin: RequestOrigin): Promise<TokensView> {
    const { username, email, password, time_zone: timeZone, invitation } = body;
    return tokensView(await this.registrations.register(origin, { username, email, password, timeZone, invitation }));
  }

  @Post('login')
  @Header(...NO_STORE)
  @HttpCode(200)
  @Public()
  @RouteConfig({ consumes: [FORM], addressBudget: 'login_address' })
  @ApiOperation({
    operationId: 'login',
    summary: 'Sign in',
    description:
      'Takes a user name or an e-mail address, as JSON, MessagePack or the OAuth 2.0 password form. Starts a new session.',
  })
  @ApiConsumes('application/json', FORM)
  @ApiOkResponse({ type: TokensView, description: 'Signed in' })
  @ApiProblems('wrong_credentials', 'account_disabled')
  async login(@Body() body: LoginBody, @CurrentOrigin() origin: RequestOrigin): Promise<TokensView> {
    const name = body.username ?? body.email;
    if (name === undefined) {
      throw invalid({ pointer: '/username', code: 'required', message: 'Send `username` or `email`.' });
    }
    return tokensView(await this.auth.login(origin, name, body.password));
  }

  @Post('refresh')
  @Header(...NO_STORE)
  @HttpCode(200)
  @Public()
  @RouteConfig({ addressBudget: 'refresh_address' })
  @ApiOperation({
    operationId: 'refresh',
    summary: 'Exchange the refresh token for new tokens',
    description:
      'Each refresh token works once. If the response is lost, or another tab was faster, send the same token again: it returns the same successor until that is used for the first time, and for 10 seconds after that. Any older token counts as stolen and ends the session.',
  })
  @ApiOkResponse({ type: TokensView, description: 'New tokens' })
  @ApiProblems('refresh_token_invalid')
  async refresh(@CurrentOrigin() origin: RequestOrigin, @Body() body: RefreshBody): Promise<TokensView> {
    return tokensView(await this.auth.refresh(origin, body.refresh_token));
  }

  @Post('logout')
  @HttpCode(204)
  @OptionallySignedIn()
  @NeverLimited()
  @NeverQueued()
  @ApiOperation({
    operationId: 'logout',
    summary: 'Sign out',
    description:
      'Revokes the access and refresh tokens of the session at once and closes its live connections. Needs the access token or, when it has expired, `refresh_token`.',
  })
  @ApiBody({ type: LogoutBody, required: false })
  @ApiNoContentResponse({ description: 'Signed out' })
  @ApiProblems('unauthenticated', 'refresh_token_invalid')
  async logout(@Req() request: FastifyRequest, @Body() body: LogoutBody): Promise<void> {
    await this.auth.logout(originOf(request), request.actor, body.refresh_token, body.all ?? false);
  }

  @Get('me')
  @SignedIn()
  @ApiOperation({
    operationId: 'getMe',
    summary: 'Your account',
    description: 'Returns the account that the token belongs to.',
  })
  @ApiOkResponse({ type: UserView, description: 'Your account' })
  async me(@CurrentActor() actor: Actor): Promise<UserView> {
    return userView(await this.auth.me(actor));
  }

  @Patch('me')
  @SignedIn()
  @ApiOperation({
    operationId: 'updateMe',
    summary: 'Change your account',
    description:
      'Changes the time zone, the e-mail address or the password. The latter two need `current_password`. A new password ends all other sessions and all app passwords. A new e-mail address is shown as `pending_email` until it is confirmed with the links that are sent to the new address and, if it is verified, to the old one.',
  })
  @ApiOkResponse({ type: UserView, description: 'The changed account' })
  @ApiProblems('name_taken')
  async updateMe(@CurrentActor() actor: Actor, @Body() body: UpdateMeBody): Promise<UserView> {
    const user = await this.auth.updateMe(actor, {
      timeZone: body.time_zone,
      email: body.email,
      password: body.password,
      currentPassword: body.current_password,
    });
    return userView(user);
  }

  @Delete('me')
  @HttpCode(204)
  @SignedIn()
  @ApiOperation({
    operationId: 'eraseMe',
    summary: 'Erase your account',
    description:
      'Cannot be undone. Erases your name, e-mail address, password and devices and ends every session at once; the name and the e-mail address become available again. Histories stay complete and show you as “Deleted user”. The ownership of an event with other members is transferred to the longest-standing editor or, without one, the longest-standing viewer. Events without other members are moved to the trash, and you leave the events of others. What you wrote in titles, descriptions and comments stays. The last administrator cannot be erased.',
  })
  @ApiNoContentResponse({ description: 'Erased' })
  @ApiProblems('validation_failed', 'last_admin')
  async eraseMe(@CurrentActor() actor: Actor, @Body() body: EraseMeBody): Promise<void> {
    await this.erasures.erase(actor, body.password);
  }

  @Get('sessions')
  @SignedIn()
  @ApiOperation({
    operationId: 'listSessions',
    summary: 'List your sessions',
    description: 'Returns the sessions that have not ended, most recently used first.',
  })
  @ApiOkResponse({ type: SessionsView, description: 'Your sessions' })
  async listSessions(@CurrentActor() actor: Actor): Promise<SessionsView> {
    const sessions = await this.auth.listSessions(actor);
    return { items: sessions.map((session) => sessionView(session, actor)) };
  }

  @Delete('sessions/:id')
  @HttpCode(204)
  @SignedIn()
  @ApiOperation({
    operationId: 'endSession',
    summary: 'Sign a device out',
    description: 'Ends the session: revokes its tokens at once and closes its live connections.',
  })
  @ApiNoContentResponse({ description: 'Ended' })
  @ApiProblems('not_found', 'validation_failed')
  async endSession(@CurrentActor() actor: Actor, @UuidParam('id', 'The session.') id: string): Promise<void> {
    await this.auth.endSession(actor, id);
  }
}

const tokensView = (signedIn: SignedInUser): TokensView => ({
  access_token: signedIn.accessToken,
  refresh_token: signedIn.refreshToken,
  token_type: 'Bearer',
  expires_in: signedIn.expiresIn,
  user: userView(signedIn.user),
});
