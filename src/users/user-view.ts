import { ApiProperty } from '@nestjs/swagger';
import { extendProblem } from '../platform/openapi/api-problems.js';
import { InvalidProblemView } from '../platform/openapi/problem-view.js';
import type { User } from './user.entity.js';

/** Everything that one person can see about another. */
export class PersonView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a01' })
  id: string;

  @ApiProperty({ example: 'ana' })
  username: string;
}

export class UserView extends PersonView {
  @ApiProperty({ format: 'idn-email', example: 'ana@example.com' })
  email: string;

  @ApiProperty({
    description: 'Whether you have confirmed that you receive mails at this address.',
    example: true,
  })
  email_verified: boolean;

  @ApiProperty({
    type: String,
    format: 'idn-email',
    nullable: true,
    description: 'The address that replaces `email` once it is confirmed.',
    example: null,
  })
  pending_email: string | null;

  @ApiProperty({ enum: ['user', 'admin'], enumName: 'UserRole', example: 'user' })
  role: 'user' | 'admin';

  @ApiProperty({
    description:
      'IANA time zone that applies to wall times without an offset, and in which your all-day events take up their dates.',
    example: 'Europe/Paris',
  })
  time_zone: string;

  @ApiProperty({ format: 'date-time', example: '2026-05-04T09:30:00.000Z' })
  created_at: string;
}

export const personView = (user: { id: string; username: string }): PersonView => ({
  id: user.id,
  username: user.username,
});

/** What `userView` shows of an account. */
export type Profile = Pick<
  User,
  | 'id'
  | 'username'
  | 'email'
  | 'emailVerifiedAt'
  | 'pendingEmail'
  | 'pendingEmailUntil'
  | 'role'
  | 'timeZone'
  | 'createdAt'
>;

export const userView = (user: Profile): UserView => ({
  ...personView(user),
  email: user.email,
  email_verified: user.emailVerifiedAt !== null,
  pending_email: user.pendingEmailUntil && user.pendingEmailUntil > new Date() ? user.pendingEmail : null,
  role: user.role,
  time_zone: user.timeZone,
  created_at: user.createdAt.toISOString(),
});

extendProblem('name_taken', {
  view: InvalidProblemView,
  example: { errors: [{ pointer: '/username', code: 'taken', message: 'This name is taken.' }] },
});
