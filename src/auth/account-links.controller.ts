import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public, SignedIn } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { CurrentOrigin } from '../platform/http/request-origin.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import {
  AcceptedView,
  ConfirmPasswordResetBody,
  PasswordResetBody,
  VerifiedEmailView,
  VerifyEmailBody,
} from './account-links.dto.js';
import type { RequestOrigin } from '../platform/tracing/request-origin.js';
import { EmailAddressesService } from './email-addresses.service.js';
import { PasswordResetService } from './password-reset.service.js';

/** What links in mails do. */
@ApiTags('Accounts')
@Controller('api/auth')
export class AccountLinksController {
  constructor(
    private readonly passwordResets: PasswordResetService,
    private readonly emails: EmailAddressesService,
  ) {}

  @Post('password-reset')
  @RouteConfig({ addressBudget: 'links_address' })
  @HttpCode(202)
  @Public()
  @ApiOperation({
    operationId: 'requestPasswordReset',
    summary: 'Send a link that sets a new password',
    description:
      'The response and its time are the same whether or not an account has the address. The link works once, for 30 minutes.',
  })
  @ApiAcceptedResponse({ type: AcceptedView, description: 'If an account has the address, a mail was sent to it' })
  async requestPasswordReset(
    @CurrentOrigin() origin: RequestOrigin,
    @Body() body: PasswordResetBody,
  ): Promise<AcceptedView> {
    await this.passwordResets.request(origin, body.email);
    return { accepted: true };
  }

  @Post('password-reset/confirm')
  @RouteConfig({ addressBudget: 'links_address' })
  @HttpCode(204)
  @Public()
  @ApiOperation({
    operationId: 'confirmPasswordReset',
    summary: 'Set a new password with a link',
    description:
      'Ends every session of the account, closes its live connections, and ends every app password and every other link. The address that the link was sent to counts as verified.',
  })
  @ApiNoContentResponse({ description: 'The new password is set' })
  async confirmPasswordReset(
    @CurrentOrigin() origin: RequestOrigin,
    @Body() body: ConfirmPasswordResetBody,
  ): Promise<void> {
    await this.passwordResets.confirm(origin, body.token, body.password);
  }

  @Post('verify-email')
  @RouteConfig({ addressBudget: 'links_address' })
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Public()
  @ApiOperation({
    operationId: 'verifyEmail',
    summary: 'Confirm an e-mail address with a link',
    description:
      'Takes the links that are sent to verify an address, and both links of a change: to the new address, and to the old one if it is verified. The address changes when all are confirmed.',
  })
  @ApiOkResponse({ type: VerifiedEmailView, description: 'Confirmed' })
  @ApiProblems('name_taken')
  async verifyEmail(@CurrentOrigin() origin: RequestOrigin, @Body() body: VerifyEmailBody): Promise<VerifiedEmailView> {
    const { email, isComplete } = await this.emails.confirm(origin, body.token);
    return { email, complete: isComplete };
  }

  @Post('verify-email/resend')
  @HttpCode(202)
  @SignedIn()
  @ApiOperation({
    operationId: 'resendVerification',
    summary: 'Send another link that verifies your e-mail address',
    description: 'Sends nothing if the address is verified, or after several mails within an hour.',
  })
  @ApiAcceptedResponse({ type: AcceptedView, description: 'Sent, if it was needed' })
  async resendVerification(@CurrentActor() actor: Actor): Promise<AcceptedView> {
    await this.emails.resendVerification(actor);
    return { accepted: true };
  }
}
