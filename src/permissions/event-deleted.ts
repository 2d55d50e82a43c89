import { ApiProperty } from '@nestjs/swagger';
import { extendProblem } from '../platform/openapi/api-problems.js';
import { ProblemView } from '../platform/openapi/problem-view.js';
import { Problem } from '../problems/problem.js';

/** Who moved an event to the trash, and when. */
export interface Deletion {
  eventId: string;
  at: Date;
  by: { id: string; username: string };
  /** When it was removed from the trash; null when it is still there. */
  purgedAt: Date | null;
}

/** Returns the problem of a write to an event that was removed from the trash, for a caller who could have restored it. */
export function eventPurged({ purgedAt }: Deletion): Problem {
  return new Problem('event_purged', { members: { purged_at: purgedAt?.toISOString() } });
}

/** Returns the problem of a write to an event in the trash, for a caller who can restore it. */
export function eventDeleted({ eventId, at, by: { id, username } }: Deletion): Problem {
  return new Problem('event_deleted', {
    detail: 'Restore the event, then send the request again.',
    members: {
      deleted_at: at.toISOString(),
      deleted_by: { id, username },
      restore_url: `/api/events/${eventId}/restore`,
    },
  });
}

export class EventPurgedProblemView extends ProblemView {
  @ApiProperty({
    format: 'date-time',
    description: 'When it was removed from the trash.',
    example: '2026-07-01T08:00:00.000Z',
  })
  purged_at: string;
}

class DeletedByView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a05' })
  id: string;

  @ApiProperty({ example: 'ben' })
  username: string;
}

export class EventDeletedProblemView extends ProblemView {
  @ApiProperty({ format: 'date-time', description: 'When it was deleted.', example: '2026-06-01T08:00:00.000Z' })
  deleted_at: string;

  @ApiProperty({ type: DeletedByView, description: 'Who deleted it.' })
  deleted_by: DeletedByView;

  @ApiProperty({
    description: 'The address that restores it with POST.',
    example: '/api/events/01936f9e-5d3c-7b21-8a54-0f6f2f8f1b01/restore',
  })
  restore_url: string;
}

export const EVENT_DELETED = extendProblem('event_deleted', {
  view: EventDeletedProblemView,
  example: {
    deleted_at: '2026-06-01T08:00:00.000Z',
    deleted_by: { id: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a05', username: 'ben' },
    restore_url: '/api/events/01936f9e-5d3c-7b21-8a54-0f6f2f8f1b01/restore',
  },
});

export const EVENT_PURGED = extendProblem('event_purged', {
  view: EventPurgedProblemView,
  example: { purged_at: '2026-07-01T08:00:00.000Z' },
});
