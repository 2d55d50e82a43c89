import { ApiProperty } from '@nestjs/swagger';
import type { Actor } from '../platform/http/actor.js';
import { EmailField, FlagField, PatternField, TextField } from '../platform/http/fields.js';
import { UserView } from '../users/user-view.js';
import type { Session } from './session.entity.js';

export const USERNAME = {
  description:
    '3–80 letters, digits, `.`, `_` or `-`; unique without regard to case. Names such as `admin` and those that look like them are reserved.',
  pattern: /^[A-Za-z0-9._-]+$/,
  min: 3,
  max: 80,
  message: 'Only letters, digits, ".", "_" and "-".',
};

export const PASSWORD = { min: 8, max: 128 };
const TIME_ZONE = { description: 'Your IANA time zone; defaults to UTC.', max: 64, example: 'Europe/Paris' };

export class RegisterBody {
  @PatternField({ ...USERNAME, example: 'ana' })
  username: string;

  @EmailField({
    description: 'Your e-mail address. Nobody learns whether another account has the same one.',
    example: 'ana@example.com',
  })
  email: string;

  @TextField({
    description:
      '8–128 characters. Leaked passwords, your own names and what else is easy to guess are rejected; no kind of character is required.',
    ...PASSWORD,
    example: 'correct horse 7',
  })
  password: string;

  @TextField({ ...TIME_ZONE, optional: true })
  time_zone?: string;

  @TextField({
    description:
      'What follows `#` in the link of an invitation. It proves that `email` is yours, which must be the address that received it. Required on a server that accepts only invited people.',
    min: 1,
    max: 512,
    optional: true,
    example: 'kQ3vB2xY7mZ0pL5sT9wR1cD4fG6hJ8kN0aS2dF4gH6j',
  })
  invitation?: string;
}

export class LoginBody {
  @TextField({ description: 'User name or e-mail address.', min: 1, max: 254, optional: true, example: 'ana' })
  username?: string;

  @TextField({ description: 'E-mail address, instead of `username`.', min: 1, max: 254, optional: true })
  email?: string;

  @TextField({ description: 'The password.', min: 1, max: 1_024, example: 'correct horse 7' })
  password: string;

  @TextField({ description: 'OAuth 2.0 form field; if sent, `password`.', max: 32, optional: true })
  grant_type?: string;

  @TextField({ description: 'OAuth 2.0 form field; not used.', max: 1_024, optional: true })
  scope?: string;

  @TextField({ description: 'OAuth 2.0 form field; not used.', max: 1_024, optional: true })
  client_id?: string;

  @TextField({ description: 'OAuth 2.0 form field; not used.', max: 1_024, optional: true })
  client_secret?: string;
}

export class RefreshBody {
  @TextField({
    description: 'The latest refresh token of the session.',
    min: 1,
    max: 512,
    example: '01936f9e5d3c7b218a540f6f2f8f1a01.0.kQ3…',
  })
  refresh_token: string;
}

export class LogoutBody {
  @TextField({
    description: 'A refresh token of the session, for a client whose access token has expired.',
    optional: true,
    min: 1,
    max: 512,
    example: '01936f9e5d3c7b218a540f6f2f8f1a01.0.kQ3…',
  })
  refresh_token?: string;

  @FlagField({ description: 'End every session of the account, not only this one.', optional: true, example: false })
  all?: boolean;
}

export class UpdateMeBody {
  @TextField({ ...TIME_ZONE, optional: true })
  time_zone?: string;

  @EmailField({
    description:
      'The new e-mail address, which has to be confirmed. The present one ends a change that is not confirmed yet.',
    optional: true,
    example: 'ana@example.org',
  })
  email?: string;

  @TextField({
    description: 'The new password, not easy to guess; ends all other sessions.',
    ...PASSWORD,
    optional: true,
  })
  password?: string;

  @TextField({
    description: 'Required with `password` or `email`.',
    min: 1,
    max: 1_024,
    optional: true,
    example: 'correct horse 7',
  })
  current_password?: string;
}

export class EraseMeBody {
  @TextField({ description: 'Your password.', min: 1, max: 1_024, example: 'correct horse 7' })
  password: string;
}

export class TokensView {
  @ApiProperty({
    description: 'Send it as `Authorization: Bearer …`.',
    example: 'eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9…',
  })
  access_token: string;

  @ApiProperty({ description: 'Works for one refresh.', example: '01936f9e5d3c7b218a540f6f2f8f1a01.0.kQ3…' })
  refresh_token: string;

  @ApiProperty({ enum: ['Bearer'], example: 'Bearer' })
  token_type: 'Bearer';

  @ApiProperty({ type: 'integer', description: 'Seconds until the access token expires.', example: 900 })
  expires_in: number;

  @ApiProperty({ type: UserView })
  user: UserView;
}

export class SessionView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1d04' })
  id: string;

  @ApiProperty({ description: 'True for the session that sent this request.', example: true })
  current: boolean;

  @ApiProperty({ format: 'date-time', example: '2026-05-04T09:30:00.000Z' })
  created_at: string;

  @ApiProperty({ format: 'date-time', description: 'Last sign-in or refresh.', example: '2026-05-04T10:15:00.000Z' })
  last_used_at: string;

  @ApiProperty({ format: 'date-time', example: '2026-06-03T10:15:00.000Z' })
  expires_at: string;

  @ApiProperty({ type: String, nullable: true, example: '127.0.0.1' })
  address: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'curl/8.5.0' })
  user_agent: string | null;
}

export class SessionsView {
  @ApiProperty({ type: [SessionView] })
  items: SessionView[];
}

export const sessionView = (session: Session, actor: Actor): SessionView => ({
  id: session.id,
  current: session.id === actor.sessionId,
  created_at: session.createdAt.toISOString(),
  last_used_at: session.lastUsedAt.toISOString(),
  expires_at: session.expiresAt.toISOString(),
  address: session.address,
  user_agent: session.userAgent,
});
