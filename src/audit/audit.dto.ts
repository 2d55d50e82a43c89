import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, TextField, UuidField } from '../platform/http/fields.js';
import { PageQuery, PageView } from '../platform/http/page.js';
import { AUDIT_KIND_NAMES, AUDIT_OUTCOMES, type AuditKind, type AuditOutcome } from './audit-kinds.js';
import { AuditEntryView } from './audit-view.js';

export class ListAuditQuery extends PageQuery {
  @ChoiceField({
    description: 'Only entries of this kind.',
    values: AUDIT_KIND_NAMES,
    name: 'AuditKind',
    optional: true,
  })
  kind?: AuditKind;

  @TextField({
    description: 'Only entries from this time on: an instant, or wall time or a date in your time zone.',
    max: 40,
    optional: true,
    example: '2026-06-01',
  })
  from?: string;

  @TextField({ description: 'Only entries before this time.', max: 40, optional: true, example: '2026-07-01' })
  to?: string;

  @ChoiceField({
    description: 'Only what was done, or only what was refused: by right, or because a password or a token was wrong.',
    values: AUDIT_OUTCOMES,
    name: 'AuditOutcome',
    optional: true,
  })
  outcome?: AuditOutcome;

  @TextField({
    description: 'Only entries of the request with this id, which responses carry as `X-Request-Id`.',
    max: 128,
    optional: true,
    example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1e05',
  })
  request_id?: string;

  @UuidField({
    description: 'Only entries about this event.',
    optional: true,
    example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1e10',
  })
  event_id?: string;

  @UuidField({
    description:
      'For administrators: only entries of this person, who acted or to whom it happened. Others: only your own id.',
    optional: true,
    example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1e01',
  })
  user_id?: string;
}

export class AuditView extends PageView {
  @ApiProperty({ type: [AuditEntryView] })
  items: AuditEntryView[];
}
