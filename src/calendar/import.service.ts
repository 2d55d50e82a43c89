import { Injectable } from '@nestjs/common';
import { AvailabilityService } from '../availability/availability.service.js';
import type { Resolution } from '../availability/conflict.js';
import { occupancyOf } from '../availability/occupancy.js';
import { isSeries, toContent } from '../content/event-content.js';
import { uidOf } from '../content/event-uid.js';
import { type Draft, EventWriter } from '../events/event-writer.js';
import { EventLock, type LockedForActor } from '../history/event-lock.js';
import { can } from '../permissions/role.js';
import { Config } from '../platform/config/config.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import { writeInParts } from '../platform/database/write-in-parts.js';
import { TimeSlices } from '../platform/hooks/time-slices.js';
import type { Actor } from '../platform/http/actor.js';
import { Problem } from '../problems/problem.js';
import { CalendarFileError, UnreadableEvent } from './calendar-file-error.js';
import { type ImportReport, type ImportResult, MAX_LISTED } from './import-report.js';
import { type ImportedRow, ImportedEventsRepository, type KnownUid } from './imported-events.repository.js';
import { type CalendarFile, readCalendarFile } from './read-file.js';
import { isNewer, revisionOfGroup } from './revision.js';
import { digestOf, type EventGroup, type VEvent } from './vevent.js';
import type { Overridden } from './vevent-overrides.js';
import { toImportedContent } from './vevent-to-event.js';

/** The comment of the versions that an import writes. */
const IMPORTED = 'Imported';

export interface ImportOptions {
  onConflict: Resolution;
  dryRun: boolean;
  /** How long it may take, when not as long as the transaction of a request. */
  seconds?: number;
  /** Gives it up. Its reason is thrown. */
  signal?: AbortSignal;
  /** Is called with the number of events that are handled, of all. After a deadlock it begins again. */
  onProgress?: (done: number, total: number) => void;
  /** Is called at the end of the transaction, unless it is rolled back. An error rolls it back. */
  beforeCommit?: (tx: Transaction, report: ImportReport) => Promise<void>;
}

/** A new event of a file. */
interface NewEvent extends Overridden {
  group: EventGroup;
}

/** Imports iCalendar files: each event by itself, all that can be read in one transaction. */
@Injectable()
export class ImportService {
  constructor(
    private readonly imported: ImportedEventsRepository,
    private readonly writer: EventWriter,
    private readonly locks: EventLock,
    private readonly availability: AvailabilityService,
    private readonly transactions: Transactions,
    private readonly config: Config,
  ) {}

  /**
   * Imports the events of a file for the actor. An event that has the UID of one in the file is updated, when the file is
   * newer; nothing changes when a file is imported again.
   * @throws Problem unreadable_calendar when nothing can be imported, event_conflict when conflicts are rejected
   */
  async import(actor: Actor, bytes: Buffer, options: ImportOptions): Promise<ImportReport> {
    const file = await this.read(actor, bytes);
    const { dryRun, seconds, signal, beforeCommit } = options;
    const work = async (tx: Transaction): Promise<ImportReport> => {
      const report = await this.write(tx, actor, file, options);
      if (report.items.length === 0 && report.skipped.length > 0) throw unreadable(report);
      if (!dryRun) await beforeCommit?.(tx, report);
      return report;
    };
    return dryRun
      ? this.transactions.dryRun(actor.origin, work, (_tx, written) => Promise.resolve(written), { seconds, signal })
      : this.transactions.run(actor.origin, work, { seconds, signal });
  }

  private async read(actor: Actor, bytes: Buffer): Promise<CalendarFile> {
    try {
      return await readCalendarFile(bytes, actor.timeZone, this.config.values.maxCalendarComponents);
    } catch (error) {
      if (!(error instanceof CalendarFileError)) throw error;
      const { line, reason } = error;
      throw unreadable({ skipped: [{ uid: null, line, reason }], warnings: [] });
    }
  }

  private async write(
    tx: Transaction,
    actor: Actor,
    file: CalendarFile,
    { onConflict, onProgress }: ImportOptions,
  ): Promise<ImportReport> {
    const warnings = [...file.warnings];
    const skipped = [...file.skipped];
    const results = new Map<string, { id: string; result: ImportResult }>();
    const created: NewEvent[] = [];
    const rows: ImportedRow[] = [];
    const slices = new TimeSlices();
    let done = 0;
    const advance = (events = 1): void => onProgress?.((done += events), file.groups.length);
    advance(0);

    // From here on, no other import of this person can add the same events.
    this.locks.lockAvailability(tx, [actor.userId]);
    const known = await this.imported.findByUid(
      tx,
      actor.userId,
      file.groups.map(({ uid }) => uid),
    );
    for (const group of file.groups) {
      await slices.pause();
      const { uid } = group;
      const stored = known.get(uid);
      const warnOf =
        ({ uid: of }: VEvent) =>
        ({ name, line }: { name: string; line: number }, reason: string): void => {
          if (warnings.length < MAX_LISTED) warnings.push({ uid: of, property: name, line, reason });
        };
      try {
        if (!stored) created.push({ group, ...(await toImportedContent(group, null, warnOf)) });
        else {
          const result = await this.update(tx, actor, { group, stored, onConflict, rows, warnOf });
          results.set(uid, { id: stored.id, result });
          advance();
        }
      } catch (error) {
        if (!(error instanceof UnreadableEvent)) throw error;
        skipped.push({ uid, line: error.line, reason: error.reason });
        advance();
      }
    }
    const ordered = await orderForWriting(created);
    const drafts = ordered.map(({ content, group }): Draft => ({
      content,
      onConflict,
      comment: IMPORTED,
      uid: group.uid,
    }));
    const options = { onWritten: advance, notes: false };
    const written = drafts.length > 0 ? await this.writer.create(tx, actor, drafts, options) : [];
    for (const [index, { record }] of written.entries()) {
      await slices.pause();
      const { group, kept } = ordered[index]!;
      results.set(group.uid, { id: record.event.id, result: 'created' });
      rows.push(rowOf(record.event, group, kept, await digestOfGroup(group)));
    }
    await writeInParts(tx, rows, (part) => this.imported.save(tx, part));
    return {
      items: file.groups.flatMap(({ uid }) => (results.has(uid) ? { uid, ...results.get(uid)! } : [])),
      skipped,
      warnings,
      conflicts: this.availability.acceptedConflicts(tx),
    };
  }

  /** Updates an event that is stored already, when the file is newer. */
  private async update(
    tx: Transaction,
    actor: Actor,
    { group, stored, onConflict, rows, warnOf }: Update,
  ): Promise<ImportResult> {
    const digest = await digestOfGroup(group);
    const locked = isToReplace(group, stored, digest) ? await this.lock(tx, actor, group, stored.id) : null;
    // Since the file was compared with it, which may be minutes ago, it may have been changed here.
    const isSame = !locked || locked.event.version === stored.version;
    const latest = isSame ? stored : (await this.imported.findByUid(tx, actor.userId, [group.uid])).get(group.uid);
    if (!locked || latest?.id !== stored.id || (!isSame && !isToReplace(group, latest, digest))) {
      // What the file says is not applied, but a repeated report is the same.
      if (group.master && !group.master.cancels) await toImportedContent(group, null, warnOf);
      return 'unchanged';
    }
    if (locked.ownerId !== actor.userId && !hasOwnUid(stored)) throw sharedUid(group);
    const current = toContent(locked.event);
    const { content, kept } = await toImportedContent(group, current, warnOf);
    const request = { actor, kind: 'updated' as const, comment: IMPORTED, onConflict };
    const { record } = await this.writer.write(tx, locked, content, request);
    const isWhole = group.master !== null && !group.master.cancels;
    const lines = isWhole ? kept : { ...latest.imported?.kept, ...kept };
    rows.push(rowOf(record.event, group, lines, digest));
    if (record.event.version === locked.event.version) return 'unchanged';
    const cancels = group.master?.cancels ?? group.overrides.every((one) => one.cancels);
    return cancels || (content.status === 'cancelled' && current.status !== 'cancelled') ? 'cancelled' : 'updated';
  }

  /** @throws UnreadableEvent for an event that was deleted or taken from the actor since it was found */
  private async lock(tx: Transaction, actor: Actor, group: EventGroup, id: string): Promise<LockedForActor> {
    try {
      return await this.locks.lockFor(tx, actor, id, 'edit', { availability: true });
    } catch (error) {
      if (!(error instanceof Problem) || !GONE.has(error.code)) throw error;
      throw new UnreadableEvent(group.line, 'You may no longer change the event with this UID.');
    }
  }
}

/** Why an event cannot be changed by a person who could a moment ago. */
const GONE = new Set<string>(['not_found', 'forbidden', 'event_deleted']);

/** Returns true when a file changes a stored event. @throws UnreadableEvent for one that the importer may not change */
function isToReplace(group: EventGroup, stored: KnownUid, digest: Buffer): boolean {
  const isSame = stored.imported?.digest.equals(digest) ?? false;
  // Somebody who shares an event with a UID that others know would receive what they import under it, or keep it out.
  const isForeign = stored.role !== 'owner' && !hasOwnUid(stored);
  if (!isSame && isForeign) throw sharedUid(group);
  if (isSame || !isNewer(revisionOfGroup(group), stored)) return false;
  if (!can(stored.role, 'edit')) {
    throw new UnreadableEvent(group.line, 'You may read the event with this UID, but not change it.');
  }
  return true;
}

/**
 * Returns new events in the order in which they are stored: each is compared with those before it, and the time of a series
 * takes long to read, so series come after single events. Events beyond the time up to which a series is expanded come last:
 * there, the series is compared only with what is stored after it.
 */
async function orderForWriting(created: NewEvent[]): Promise<NewEvent[]> {
  const slices = new TimeSlices();
  const now = Date.now() / 1_000;
  let known = Infinity;
  for (const { content } of created) {
    if (!isSeries(content)) continue;
    await slices.pause();
    known = Math.min(known, occupancyOf(content, now).until ?? Infinity);
  }
  const rankOf = ({ content }: NewEvent): number =>
    isSeries(content) ? 1 : content.endTime.getTime() / 1_000 <= known ? 0 : 2;
  return created.toSorted((a, b) => rankOf(a) - rankOf(b));
}

interface Update {
  group: EventGroup;
  stored: KnownUid;
  onConflict: Resolution;
  rows: ImportedRow[];
  warnOf: (event: VEvent) => (property: { name: string; line: number }, reason: string) => void;
}

/** Whether an event has the UID that was made of its id: a file that names it comes from this event, not by chance. */
const hasOwnUid = ({ id, uid }: KnownUid): boolean => uid === uidOf({ id, uid: null });

const sharedUid = ({ line }: EventGroup): UnreadableEvent =>
  new UnreadableEvent(line, 'Somebody else shares an event with this UID with you. Change it there.');

const digestOfGroup = ({ master, overrides }: EventGroup): Promise<Buffer> =>
  digestOf(
    [...(master ? [master] : []), ...overrides].flatMap(({ component, cancelledBy }) =>
      cancelledBy ? [component, cancelledBy] : [component],
    ),
  );

function rowOf(
  event: { id: string; version: number },
  group: EventGroup,
  kept: Overridden['kept'],
  digest: Buffer,
): ImportedRow {
  const { id: eventId, version } = event;
  return { eventId, version, ...revisionOfGroup(group), digest, kept };
}

const unreadable = ({ skipped, warnings }: Pick<ImportReport, 'skipped' | 'warnings'>): Problem => {
  const [first] = skipped;
  return new Problem('unreadable_calendar', {
    detail: `Line ${first!.line} cannot be imported. \`skipped\` says why.`,
    members: { skipped: skipped.slice(0, MAX_LISTED), warnings: warnings.slice(0, MAX_LISTED), items: [] },
  });
};
