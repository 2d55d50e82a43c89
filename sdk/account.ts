import type * as wire from './generated/types.gen.js';
import type { CallOptions } from './http.js';
import { path } from './path.js';
import { Resource } from './resource.js';
import type { Input, User } from './types.js';

/** Your account and your devices. */
export class Account extends Resource {
  get(options?: CallOptions): Promise<User> {
    return this.read('/api/auth/me', undefined, options);
  }

  /** Changes the time zone, the e-mail address or the password. A new password ends the other sessions. */
  update(changes: Input<wire.UpdateMeBody>, options?: CallOptions): Promise<User> {
    return this.call({ method: 'PATCH', path: '/api/auth/me', body: changes, repeatable: false }, options);
  }

  /** The sessions that have not ended, most recently used first. */
  sessions(options?: CallOptions): Promise<wire.SessionsView> {
    return this.read('/api/auth/sessions', undefined, options);
  }

  /** Signs a device out. */
  endSession(id: string, options?: CallOptions): Promise<void> {
    return this.call({ method: 'DELETE', path: path`/api/auth/sessions/${id}`, repeatable: true }, options);
  }

  /** The passwords of your calendar applications, the latest first. */
  appPasswords(options?: CallOptions): Promise<wire.AppPasswordsView> {
    return this.read('/api/auth/app-passwords', undefined, options);
  }

  /** Makes a password with which a calendar application reads your calendar. Only this answer has the `secret`. */
  createAppPassword(name: string, options?: CallOptions): Promise<wire.NewAppPasswordView> {
    return this.call({ method: 'POST', path: '/api/auth/app-passwords', body: { name }, repeatable: false }, options);
  }

  /** Ends such a password at once. */
  revokeAppPassword(id: string, options?: CallOptions): Promise<void> {
    return this.call({ method: 'DELETE', path: path`/api/auth/app-passwords/${id}`, repeatable: true }, options);
  }

  /** Sends a link that sets a new password. The answer is the same whether or not an account has the address. */
  requestPasswordReset(email: string, options?: CallOptions): Promise<wire.AcceptedView> {
    return this.call({ method: 'POST', path: '/api/auth/password-reset', body: { email } }, options);
  }

  /** Sets a new password with such a link, and ends every session. */
  confirmPasswordReset(body: Input<wire.ConfirmPasswordResetBody>, options?: CallOptions): Promise<void> {
    return this.call({ method: 'POST', path: '/api/auth/password-reset/confirm', body }, options);
  }

  verifyEmail(body: Input<wire.VerifyEmailBody>, options?: CallOptions): Promise<wire.VerifiedEmailView> {
    return this.call({ method: 'POST', path: '/api/auth/verify-email', body }, options);
  }

  /** Gives you the role of an invitation, with the secret of its link. Needs no session. */
  acceptInvitation(token: string, options?: CallOptions): Promise<wire.AcceptedInvitationsView> {
    return this.call({ method: 'POST', path: '/api/invitations/accept', body: { token } }, options);
  }

  /** Sends another link that verifies your address. */
  resendVerification(options?: CallOptions): Promise<wire.AcceptedView> {
    return this.call({ method: 'POST', path: '/api/auth/verify-email/resend' }, options);
  }
}
