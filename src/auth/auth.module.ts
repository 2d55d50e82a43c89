import { CacheModule } from '@nestjs/cache-manager';
import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { TypeOrmModule } from '@nestjs/typeorm';
import { memoryStore } from '../platform/cache/memory-store.js';
import { MailModule } from '../mail/mail.module.js';
import { CallerQueueGuard } from '../platform/queues/request-queues.js';
import { UnofferedDryRunGuard } from '../platform/http/unoffered-dry-run.guard.js';
import { UsersModule } from '../users/users.module.js';
import { AccessTokens } from './access-tokens.js';
import { AccountLinksController } from './account-links.controller.js';
import { AccountPagesController } from './account-pages.controller.js';
import { AccountToken } from './account-token.entity.js';
import { AccountTokens } from './account-tokens.js';
import { AccountTokensRepository } from './account-tokens.repository.js';
import { AppPassword } from './app-password.entity.js';
import { AppPasswordsController } from './app-passwords.controller.js';
import { AppPasswordsRepository } from './app-passwords.repository.js';
import { AppPasswords } from './app-passwords.service.js';
import { AuthController } from './auth.controller.js';
import { GlobalAuthGuard } from './auth.guard.js';
import { AuthService } from './auth.service.js';
import { EmailAddressesService } from './email-addresses.service.js';
import { ErasureService } from './erasure.service.js';
import { PasswordAttempts } from './password-attempts.js';
import { PasswordResetService } from './password-reset.service.js';
import { Passwords } from './passwords.js';
import { RefreshTokens } from './refresh-tokens.js';
import { RegistrationService } from './registration.service.js';
import { Session } from './session.entity.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { TokenFirst } from './token-first.js';
import { TokenPairs } from './token-pairs.js';

const MAX_CACHED_SESSIONS = 50_000;

@Module({
  imports: [
    MailModule,
    UsersModule,
    DiscoveryModule,
    JwtModule.register({}),
    CacheModule.register({ stores: [memoryStore(MAX_CACHED_SESSIONS)] }),
    TypeOrmModule.forFeature([AccountToken, AppPassword, Session]),
  ],
  controllers: [AuthController, AccountLinksController, AppPasswordsController, AccountPagesController],
  providers: [
    AccessTokens,
    AccountTokens,
    AccountTokensRepository,
    AppPasswords,
    AppPasswordsRepository,
    AuthService,
    RegistrationService,
    TokenPairs,
    EmailAddressesService,
    ErasureService,
    PasswordAttempts,
    PasswordResetService,
    Passwords,
    RefreshTokens,
    SessionsRepository,
    SessionsService,
    GlobalAuthGuard,
    TokenFirst,
    { provide: APP_GUARD, useExisting: GlobalAuthGuard },
    // After it, because it must know the caller.
    { provide: APP_GUARD, useClass: CallerQueueGuard },
    // Likewise: without a token, nothing is said about the request.
    { provide: APP_GUARD, useClass: UnofferedDryRunGuard },
  ],
  exports: [
    AccessTokens,
    AccountTokens,
    AppPasswords,
    EmailAddressesService,
    ErasureService,
    RegistrationService,
    SessionsService,
  ],
})
export class AuthModule {}
