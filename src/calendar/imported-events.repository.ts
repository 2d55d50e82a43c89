import { Injectable } from '@nestjs/common';
import { idOfUid } from '../content/event-uid.js';
import type { Role } from '../permissions/role.js';
import { Database, type Queryable } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import type { KeptLines } from './imported-event.entity.js';

/** An event that has a UID of the file, as the importer sees it. */
export interface KnownUid {
  id: string;
  uid: string;
  role: Role;
  version: number;
  updatedAt: Date;
  /** Null for an event that was never imported. */
  imported: { version: number; sequence: number; lastModified: Date | null; digest: Buffer; kept: KeptLines } | null;
}

/** What an import leaves beside an event. */
export interface ImportedRow {
  eventId: string;
  version: number;
  sequence: number;
  lastModified: number | null;
  digest: Buffer;
  kept: KeptLines;
}

interface UidRow extends Omit<KnownUid, 'imported'> {
  importedVersion: number | null;
  sequence: number;
  lastModified: Date | null;
  digest: Buffer;
  kept: KeptLines;
}

@Injectable()
export class ImportedEventsRepository {
  constructor(private readonly database: Database) {}

  /** Returns the events with these UIDs that a person sees, by UID: their own first, then the oldest. */
  async findByUid(tx: Transaction, userId: string, uids: string[]): Promise<Map<string, KnownUid>> {
    const ids = uids.flatMap((uid) => idOfUid(uid) ?? []);
    const rows = await tx.query<UidRow>(
      `SELECT e.id, coalesce(e.uid, e.id || '@convene') AS uid, p.role, e.version, e.updated_at AS "updatedAt",
              i.version AS "importedVersion", i.sequence, i.last_modified AS "lastModified", i.digest, i.kept
         FROM (SELECT id FROM events WHERE uid = ANY($2::text[])
               UNION ALL SELECT id FROM events WHERE id = ANY($3::uuid[]) AND uid IS NULL) AS found
         JOIN events e ON e.id = found.id
         JOIN event_permissions p ON p.event_id = e.id AND p.user_id = $1
         LEFT JOIN imported_events i ON i.event_id = e.id
        WHERE e.deleted_at IS NULL
        ORDER BY p.role = 'owner', p.role = 'editor', e.id DESC`,
      [userId, uids, ids],
    );
    return new Map(rows.map((row) => [row.uid, toKnownUid(row)]));
  }

  /** Stores what an import has read. */
  save(tx: Transaction, rows: ImportedRow[]): void {
    if (rows.length === 0) return;
    const values = rows.map(({ eventId, version, sequence, lastModified, digest, kept }) => ({
      event_id: eventId,
      version,
      sequence,
      last_modified: lastModified === null ? null : new Date(lastModified),
      digest: digest.toString('hex'),
      kept,
    }));
    tx.write(
      `INSERT INTO imported_events (event_id, version, sequence, last_modified, digest, kept)
       SELECT event_id, version, sequence, last_modified, decode(digest, 'hex'), kept
         FROM jsonb_to_recordset($1::jsonb) AS read (event_id uuid, version integer, sequence integer,
                last_modified timestamptz, digest text, kept jsonb)
           ON CONFLICT (event_id) DO UPDATE SET version = excluded.version, sequence = excluded.sequence,
              last_modified = excluded.last_modified, digest = excluded.digest, kept = excluded.kept`,
      [JSON.stringify(values)],
    );
  }

  /** Removes the lines that were kept of events. */
  async forgetKept(tx: Transaction, eventIds: string[]): Promise<void> {
    await tx.query(`UPDATE imported_events SET kept = '{}' WHERE event_id = ANY($1::uuid[])`, [eventIds]);
  }

  /** Removes the lines that were kept of the events in the trash of a person. */
  async forgetKeptOfDeleted(userId: string): Promise<void> {
    await this.database.query(
      `UPDATE imported_events i SET kept = '{}'
         FROM event_permissions p JOIN events e ON e.id = p.event_id
        WHERE p.user_id = $1 AND p.role = 'owner' AND e.deleted_at IS NOT NULL AND i.event_id = e.id`,
      [userId],
    );
  }

  /** Returns what imports have left beside events, by event. */
  async list(eventIds: string[], queries: Queryable = this.database): Promise<Map<string, ImportedRow>> {
    if (eventIds.length === 0) return new Map();
    const rows = await queries.query<Omit<ImportedRow, 'lastModified'> & { lastModified: Date | null }>(
      `SELECT event_id AS "eventId", version, sequence, last_modified AS "lastModified", digest, kept
         FROM imported_events WHERE event_id = ANY($1::uuid[])`,
      [eventIds],
    );
    return new Map(
      rows.map((row) => [row.eventId, { ...row, lastModified: row.lastModified && row.lastModified.getTime() }]),
    );
  }
}

function toKnownUid({ importedVersion, sequence, lastModified, digest, kept, ...row }: UidRow): KnownUid {
  const imported = importedVersion === null ? null : { version: importedVersion, sequence, lastModified, digest, kept };
  return { ...row, imported };
}
