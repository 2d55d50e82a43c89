import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, TextField, UuidField } from '../platform/http/fields.js';
import { PageQuery, PageView } from '../platform/http/page.js';
import { AUDIT_KIND_NAMES, type AuditKind } from './audit-kinds.js';
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

  @UuidField({ description: 'Only entries about this event.', optional: true })
  event_id?: string;

  @UuidField({
    description:
      'For administrators: only entries of this person, who acted or to whom it happened. Others: only your own id.',
    optional: true,
  })
  user_id?: string;
}

export class AuditView extends PageView {
  @ApiProperty({ type: [AuditEntryView] })
  items: AuditEntryView[];
}
