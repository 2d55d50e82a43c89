import { ApiProperty } from '@nestjs/swagger';
import type { Actor } from '../platform/http/actor.js';
import { PersonView } from '../users/user-view.js';
import { AUDIT_KIND_NAMES, AUDIT_OUTCOMES, type AuditKind, type AuditOutcome } from './audit-kinds.js';
import type { ReadEntry } from './audit.repository.js';

const ORIGIN = 'Null in entries of others, unless you are an administrator.';

export class AuditEntryView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1d01' })
  id: string;

  @ApiProperty({ format: 'date-time', example: '2026-06-01T08:00:00.000Z' })
  at: string;

  @ApiProperty({ enum: AUDIT_KIND_NAMES, enumName: 'AuditKind', example: 'signed_in' })
  kind: AuditKind;

  @ApiProperty({ enum: AUDIT_OUTCOMES, enumName: 'AuditOutcome', example: 'ok' })
  outcome: AuditOutcome;

  @ApiProperty({ type: PersonView, nullable: true, description: 'Who did it; null for somebody unknown.' })
  actor: PersonView | null;

  @ApiProperty({ type: PersonView, nullable: true, description: 'To whom it happened, if that is somebody else.' })
  subject: PersonView | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The event. A refusal names the id of the request, whether or not there is such an event.',
    example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b01',
  })
  event_id: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: `The address of the client. ${ORIGIN}`,
    example: '192.0.2.7',
  })
  address: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: `The client, as it describes itself. ${ORIGIN}`,
    example: 'curl/8',
  })
  user_agent: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: `The session of the actor. ${ORIGIN}`,
    example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1d04',
  })
  session_id: string | null;

  @ApiProperty({ type: String, nullable: true, description: `The \`X-Request-Id\`. ${ORIGIN}`, example: 'req-7' })
  request_id: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: {
      oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }, { type: 'null' }],
    },
    description: 'What the kind adds, such as `version`, or `from` and `to` for roles. Never a text of an event.',
    example: { version: 3 },
  })
  details: Record<string, unknown>;
}

/** Returns an entry as a reader may see it: where others were is nobody's business but an administrator's. */
export function toAuditEntryView(entry: ReadEntry, reader: Actor): AuditEntryView {
  const seesOrigin = reader.isAdmin || entry.actorId === reader.userId;
  return {
    id: entry.id,
    at: entry.at.toISOString(),
    kind: entry.kind,
    outcome: entry.outcome,
    actor: toPerson(entry.actorId, entry.actorName),
    subject: toPerson(entry.subjectId, entry.subjectName),
    event_id: entry.eventId,
    address: seesOrigin ? entry.address : null,
    user_agent: seesOrigin ? entry.userAgent : null,
    session_id: seesOrigin ? entry.sessionId : null,
    request_id: seesOrigin ? entry.requestId : null,
    details: entry.details,
  };
}

const toPerson = (id: string | null, username: string | null): PersonView | null =>
  id === null || username === null ? null : { id, username };
