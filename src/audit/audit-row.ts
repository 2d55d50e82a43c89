import type { Row } from '../platform/database/insert-into.js';
import { newId } from '../platform/database/new-id.js';
import type { RequestOrigin } from '../platform/tracing/request-origin.js';
import type { AuditEntry } from './audit-kinds.js';

/** The columns that are written, with their types. */
export const AUDIT_COLUMNS = {
  id: 'uuid',
  at: 'timestamptz',
  kind: 'text',
  outcome: 'text',
  actor_id: 'uuid',
  subject_id: 'uuid',
  event_id: 'uuid',
  session_id: 'uuid',
  request_id: 'text',
  address: 'text',
  user_agent: 'text',
  details: 'jsonb',
};

/** A row of `audit_entries`. */
export type AuditRow = Row & Record<keyof typeof AUDIT_COLUMNS, unknown>;

export function toAuditRow(entry: AuditEntry, { requestId, sessionId, address, userAgent }: RequestOrigin): AuditRow {
  return {
    id: newId(),
    at: new Date(),
    kind: entry.kind,
    outcome: entry.outcome ?? 'ok',
    actor_id: entry.actorId,
    subject_id: entry.subjectId ?? null,
    event_id: entry.eventId ?? null,
    session_id: entry.sessionId === undefined ? sessionId : entry.sessionId,
    request_id: requestId,
    address,
    user_agent: userAgent,
    details: entry.details ?? {},
  };
}

const NAMES = Object.keys(AUDIT_COLUMNS).join(', ');

/**
 * Returns a statement that adds an entry if a condition holds, for a WITH clause of a statement that knows whether anything
 * happened: the entry is in its transaction, and takes no exchange.
 * @param entry an expression: the placeholder of what `AuditTrail.prepare` returns, or one made with it
 */
export const insertEntryIf = (entry: string, condition: string): string =>
  `INSERT INTO audit_entries (${NAMES})
   SELECT ${NAMES} FROM jsonb_populate_record(NULL::audit_entries, ${entry}) WHERE ${condition}`;
