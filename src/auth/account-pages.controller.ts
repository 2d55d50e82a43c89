import { Controller, Get, Header } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import { FORM_POLICY } from '../platform/docs/docs-policies.js';
import { page } from '../platform/http/html-page.js';
import { markup } from '../platform/http/html.js';
import { Public } from '../platform/http/access.js';

const RESET_PASSWORD = page('Set a new password', {
  styles: ['page.css'],
  scripts: ['account-page.js'],
  body: markup`<main class="account">
      <h1>Set a new password</h1>
      <p role="status" data-done="The new password is set. Sign in with it."></p>
      <form data-action="/api/auth/password-reset/confirm">
        <p><label>New password<br><input type="password" name="password" autocomplete="new-password" minlength="8" maxlength="128" required></label></p>
        <p><button>Set the password</button></p>
      </form>
      <p class="next" hidden><a href="/">Open the dashboard</a></p>
      <noscript><p>This page needs JavaScript.</p></noscript>
    </main>`,
});

const VERIFY_EMAIL = page('Confirm an e-mail address', {
  styles: ['page.css'],
  scripts: ['account-page.js'],
  body: markup`<main class="account">
      <h1>Confirm an e-mail address</h1>
      <p role="status" data-done="Confirmed." data-waiting="Confirmed here. The change also has to be confirmed with the mail to the other address."></p>
      <form data-action="/api/auth/verify-email">
        <p><button>Confirm</button></p>
      </form>
      <p class="next" hidden><a href="/">Open the dashboard</a></p>
      <noscript><p>This page needs JavaScript.</p></noscript>
    </main>`,
});

const INVITATION = page('Accept an invitation', {
  styles: ['page.css'],
  scripts: ['account-page.js'],
  body: markup`<main class="account">
      <h1>Accept an invitation</h1>
      <p role="status" data-done="The invitation is accepted. Sign in to see the event."></p>
      <h2 data-choice>You have an account with this address</h2>
      <form data-action="/api/invitations/accept">
        <p><button>Accept</button></p>
      </form>
      <h2 data-choice>You have no account</h2>
      <form data-action="/api/auth/register" data-token="invitation">
        <input type="hidden" name="time_zone">
        <p><label>The e-mail address that was invited<br><input type="email" name="email" autocomplete="email" required></label></p>
        <p><label>User name<br><input name="username" autocomplete="username" minlength="3" maxlength="80" pattern="[A-Za-z0-9._\\-]+" required></label></p>
        <p><label>Password<br><input type="password" name="password" autocomplete="new-password" minlength="8" maxlength="128" required></label></p>
        <p><button>Create the account</button></p>
      </form>
      <p class="next" hidden><a href="/">Open the dashboard</a></p>
      <noscript><p>This page needs JavaScript.</p></noscript>
    </main>`,
});

/**
 * The pages that links in mails lead to. The token follows `#`, so it is sent only by the script of the page, when the
 * person presses the button: programs that look at links in mails use up none.
 */
@ApiExcludeController()
@Public()
@Controller()
export class AccountPagesController {
  @Get('reset-password')
  @RouteConfig({ produces: ['text/html'] })
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', FORM_POLICY)
  @Header('referrer-policy', 'no-referrer')
  @Header('cache-control', 'no-store')
  resetPassword(): string {
    return RESET_PASSWORD;
  }

  @Get('verify-email')
  @RouteConfig({ produces: ['text/html'] })
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', FORM_POLICY)
  @Header('referrer-policy', 'no-referrer')
  @Header('cache-control', 'no-store')
  verifyEmail(): string {
    return VERIFY_EMAIL;
  }

  @Get('invitation')
  @RouteConfig({ produces: ['text/html'] })
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', FORM_POLICY)
  @Header('referrer-policy', 'no-referrer')
  @Header('cache-control', 'no-store')
  invitation(): string {
    return INVITATION;
  }
}
