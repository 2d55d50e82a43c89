import { ApiProperty } from '@nestjs/swagger';
import { type Role, ROLES } from '../permissions/role.js';
import { ChoiceField, TextField } from '../platform/http/fields.js';
import { invalid } from '../problems/problem.js';
import { FEED_KINDS, type FeedKind } from './calendar-feed.entity.js';
import type { ListedFeed } from './calendar-feeds.repository.js';
import type { FeedWithSecret, NewFeed } from './calendar-feeds.service.js';

const KIND =
  '`all`: every event that you see. `busy`: when you are busy, as others see it in `GET /api/free-busy`, without any text. `role`: the events on which you have the role of `role`.';

export class MakeFeedBody {
  @ChoiceField({
    description: `What the feed contains; \`all\` by default. ${KIND}`,
    values: FEED_KINDS,
    optional: true,
  })
  kind?: FeedKind;

  @ChoiceField({
    description: 'For `kind: "role"`, and required by it: the role.',
    values: ROLES,
    name: 'Role',
    optional: true,
  })
  role?: Role;

  @TextField({
    description: 'What applications show as the name of the calendar.',
    min: 1,
    max: 100,
    optional: true,
    nullable: true,
    example: 'My meetings',
  })
  name?: string | null;
}

/** @throws Problem validation_failed when the kind has no role, or one that it does not take */
export function newFeed({ kind = 'all', role, name = null }: MakeFeedBody): NewFeed {
  if (kind === 'role' && role === undefined) {
    throw invalid({ pointer: '/role', code: 'required', message: 'Which role? The kind `role` needs one.' });
  }
  if (kind !== 'role' && role !== undefined) {
    throw invalid({ pointer: '/role', code: 'not_allowed', message: 'Only the kind `role` takes a role.' });
  }
  return { kind, role: role ?? null, name };
}

export class FeedView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1f01' })
  id: string;

  @ApiProperty({ enum: FEED_KINDS, enumName: 'FeedKind', description: KIND, example: 'all' })
  kind: FeedKind;

  @ApiProperty({ enum: ROLES, enumName: 'Role', nullable: true, description: 'Null unless the kind is `role`.' })
  role: Role | null;

  @ApiProperty({ type: String, nullable: true, example: 'My meetings' })
  name: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-05-04T09:30:00.000Z' })
  created_at: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the secret was last replaced.',
    example: null,
  })
  rotated_at: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When an application last fetched it, exact to an hour; null if none has.',
    example: '2026-05-04T10:00:00.000Z',
  })
  last_used_at: string | null;
}

export class FeedWithLinkView extends FeedView {
  @ApiProperty({
    format: 'uri',
    description: 'The link to subscribe to. It is in this response only: Convene stores no more than a hash of it.',
    example: 'https://calendar.example.com/feeds/kQ3vB2xY7mZ0pL5sT9wR1cD4fG6hJ8kN0aS2dF4gH6j.ics',
  })
  url: string;
}

export class FeedsView {
  @ApiProperty({ type: [FeedView], description: 'Oldest first. Their links are not stored.' })
  items: FeedView[];
}

export const feedView = ({ id, kind, role, name, createdAt, rotatedAt, lastUsedAt }: ListedFeed): FeedView => ({
  id,
  kind,
  role,
  name,
  created_at: createdAt.toISOString(),
  rotated_at: rotatedAt && rotatedAt.toISOString(),
  last_used_at: lastUsedAt && lastUsedAt.toISOString(),
});

export const feedWithLinkView = (feed: FeedWithSecret, publicUrl: string): FeedWithLinkView => ({
  ...feedView(feed),
  url: `${publicUrl}/feeds/${feed.secret}.ics`,
});
