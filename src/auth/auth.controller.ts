import { Body, Controller, Delete, Get, HttpCode, Ip, Headers, Patch, Post } from '@nestjs/common';
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
import { Public, SignedIn } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { invalid } from '../problems/problem.js';
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
import { AuthService, type SignedInUser } from './auth.service.js';
import { ErasureService } from './erasure.service.js';

const FORM = 'application/x-www-form-urlencoded';

@ApiTags('Accounts')
@Controller('api/auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly erasures: ErasureService,
  ) {}

  @Post('register')
  @Public()
  @ApiOperation({
    operationId: 'register',
    summary: 'Sign up',
    description: 'Makes an account and signs it in.',
  })
  @ApiCreatedResponse({ type: TokensView, description: 'The account, signed in' })
  @ApiProblems('name_taken')
  async register(
    @Body() body: RegisterBody,
    @Ip() address: string,
    @Headers('user-agent') userAgent: string | undefined,
  ): Promise<TokensView> {
    const { username, email, password, time_zone: timeZone } = body;
    const device = { address, userAgent: userAgent ?? null };
    return tokensView(await this.auth.register({ username, email, password, timeZone }, device));
  }

  @Post('login')
  @HttpCode(200)
  @Public()
  @RouteConfig({ consumes: [FORM] })
  @ApiOperation({
    operationId: 'login',
    summary: 'Log in',
    description: 'By name or e-mail; as JSON, MessagePack or the OAuth 2.0 password form. Starts a new session.',
  })
  @ApiConsumes('application/json', FORM)
  @ApiOkResponse({ type: TokensView, description: 'Signed in' })
  @ApiProblems('wrong_credentials')
  async login(
    @Body() body: LoginBody,
    @Ip() address: string,
    @Headers('user-agent') userAgent: string | undefined,
  ): Promise<TokensView> {
    const name = body.username ?? body.email;
    if (name === undefined) {
      throw invalid({ pointer: '/username', code: 'required', message: 'Give `username` or `email`.' });
    }
    return tokensView(await this.auth.login(name, body.password, { address, userAgent: userAgent ?? null }));
  }

  @Post('refresh')
  @HttpCode(200)
  @Public()
  @ApiOperation({
    operationId: 'refresh',
    summary: 'Trade the refresh token for fresh tokens',
    description:
      'Single use: the token rotates. The one just replaced, again within 10 seconds, answers with the same successor; any older one is taken for stolen and ends the session.',
  })
  @ApiOkResponse({ type: TokensView, description: 'Fresh tokens' })
  @ApiProblems('refresh_token_invalid')
  async refresh(@Body() body: RefreshBody): Promise<TokensView> {
    return tokensView(await this.auth.refresh(body.refresh_token));
  }

  @Post('logout')
  @HttpCode(204)
  @SignedIn()
  @ApiOperation({
    operationId: 'logout',
    summary: 'Log out',
    description: 'Access and refresh tokens of the session are dead at once, its sockets closed.',
  })
  @ApiBody({ type: LogoutBody, required: false })
  @ApiNoContentResponse({ description: 'Signed out' })
  async logout(@CurrentActor() actor: Actor, @Body() body: LogoutBody): Promise<void> {
    await this.auth.logout(actor, body.all ?? false);
  }

  @Get('me')
  @SignedIn()
  @ApiOperation({ operationId: 'getMe', summary: 'Your account', description: 'The account behind the token.' })
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
      'Time zone, e-mail or password; the latter two need `current_password`. A new password ends the other sessions.',
  })
  @ApiOkResponse({ type: UserView, description: 'The account as it is now' })
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
      'For good. Name, e-mail, password and devices are gone and every session ends at once; the name and the e-mail are free again. Histories stay true and call you “Deleted user”. Events that others are on go to whoever has been an editor, or else a viewer, for longest; events that nobody else is on go to the trash; you leave all others. What you wrote into titles, descriptions and comments stays.',
  })
  @ApiNoContentResponse({ description: 'Erased' })
  @ApiProblems('validation_failed')
  async eraseMe(@CurrentActor() actor: Actor, @Body() body: EraseMeBody): Promise<void> {
    await this.erasures.erase(actor, body.password);
  }

  @Get('sessions')
  @SignedIn()
  @ApiOperation({
    operationId: 'listSessions',
    summary: 'Where you are signed in',
    description: 'Living sessions, last used first.',
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
    description: 'Its tokens are dead at once, its sockets closed.',
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
