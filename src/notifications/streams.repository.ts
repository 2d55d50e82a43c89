import { Injectable } from '@nestjs/common';
import { columnOf } from '../platform/database/array-parameter.js';
import { Database } from '../platform/database/database.js';
import type { OnRow } from '../platform/database/exchange.js';
import type { Transaction } from '../platform/database/transaction.js';
import { writeInParts } from '../platform/database/write-in-parts.js';
import { type PlacedItem, placeItems } from './placed-item.js';
import { firstSeqOf, lastSeqOf } from './stream-sql.js';
import type { NewStreamItem, StreamItem, StreamPart, StreamReach } from './stream-item.js';

/**
 * True when the recipient can still see the event, or when the item is about the end of their own access. Nothing else of
 * the event remains visible, not even the item with which it was shared: it has the title and the names of others.
 */
export const VISIBLE = `(access.user_id IS NOT NULL
  OR n.type = 'access_revoked' AND n.members #>> '{named,0,userId}' = n.user_id::text)`;

/** Joins to a row of `notifications`, named `n`, the access that `VISIBLE` needs. */
export const JOIN_ACCESS = `LEFT JOIN event_permissions access ON access.event_id = n.event_id AND access.user_id = n.user_id`;

/** Selects rows of `notifications`, or of a part of it, as `StreamItem`; they are named `n`. */
export const selectItems = (
  rows = 'notifications',
): string => `SELECT n.user_id AS "userId", n.seq, n.id, n.type, n.event_id AS "eventId",
    n.event_title AS "eventTitle", n.version, n.actor_id AS "actorId", n.changed, n.members, n.summary,
    n.created_at AS "createdAt", n.read_at AS "readAt", actor.username AS "actorName", ${VISIBLE} AS visible,
    CASE WHEN n.members IS NULL THEN '{}' ELSE
      (SELECT coalesce(jsonb_object_agg(u.id, u.username), '{}')
         FROM jsonb_array_elements(n.members -> 'named') AS member JOIN users u ON u.id = (member ->> 'userId')::uuid)
    END AS names
  FROM ${rows} n JOIN users actor ON actor.id = n.actor_id ${JOIN_ACCESS}`;

/** Counts that items of a person were marked as read, in a statement that marks them. */
export const COUNT_READING = `UPDATE notification_streams SET reads = reads + 1 WHERE user_id = $1`;

/** Limited before anything is joined, so that no plan joins and sorts all that follows. */
const NEXT = `(SELECT * FROM notifications WHERE user_id = position.user_id AND seq > position.after
                ORDER BY seq LIMIT $3)`;

/** After every item. */
const MAX_BIGINT = '9223372036854775807';

/** As many as an event has members, so that one change is one statement. */
const ITEMS_PER_STATEMENT = 1_000;

/** Writes streams and reads them by number. */
@Injectable()
export class StreamsRepository {
  constructor(private readonly database: Database) {}

  /** Returns the users in the order of their names. */
  listNames(tx: Transaction, userIds: string[]): Promise<{ id: string; username: string }[]> {
    return tx.query(`SELECT id, username FROM users WHERE id = ANY($1) ORDER BY username`, [userIds]);
  }

  /**
   * Numbers and stores the items. The rows of the streams are locked in the order of their users, so that transactions
   * never deadlock, and stay locked until COMMIT, so that numbers become visible in order and without gaps. Of many items,
   * the part with the first item of a stream takes the numbers of all items in it.
   * @param itemsOfChanges the items of each change, at most one per stream
   * @param onStored is called before COMMIT with items as a read returns them from then on. Not with all: those that
   * name members are only read, and so are those of a transaction with several for a stream.
   */
  async append(tx: Transaction, itemsOfChanges: readonly NewStreamItem[][], onStored: OnStored): Promise<void> {
    await writeInParts(tx, placeItems(itemsOfChanges), (part) => this.insert(tx, part, onStored), ITEMS_PER_STATEMENT);
  }

  private insert(tx: Transaction, part: PlacedItem[], onStored: OnStored): void {
    const isOneChange = part.every((one) => one.change === part[0]!.change && one.isFirst && one.following === 0);
    if (!isOneChange) return this.insertOfSeveral(tx, part);
    const items = part.map(({ item }) => item);
    if (items.length === 1) this.insertOne(tx, items[0]!, onStored);
    else this.insertOfOneChange(tx, items, onStored);
  }

  /** Most changes are of events that one person sees, and starting the statement below costs more than its work for one. */
  private insertOne(tx: Transaction, item: NewStreamItem, onStored: OnStored): void {
    tx.write(
      `WITH stream AS (
         INSERT INTO notification_streams AS s (user_id, last_seq) VALUES ($1, 1)
         ON CONFLICT (user_id) DO UPDATE SET last_seq = s.last_seq + 1
         RETURNING last_seq)
       INSERT INTO notifications (user_id, seq, id, type, event_id, event_title, version, actor_id, changed, members,
                                  summary, created_at, read_at)
       SELECT $1, last_seq, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 FROM stream
       RETURNING seq, (SELECT username FROM users WHERE id = actor_id)`,
      [
        ...[item.userId, item.id, item.type, item.eventId, item.eventTitle, item.version, item.actorId, item.changed],
        ...[item.members && JSON.stringify(item.members), item.summary, item.createdAt.toISOString()],
        item.readAt?.toISOString() ?? null,
      ],
      reportStored([item], onStored),
    );
  }

  /** What the items have in common is sent as values: joining it, as below, is a fifth of the cost of one item. */
  private insertOfOneChange(tx: Transaction, items: NewStreamItem[], onStored: OnStored): void {
    const { type, eventId, eventTitle, version, actorId, changed, summary, createdAt } = items[0]!;
    tx.write(
      `WITH streams AS (
         INSERT INTO notification_streams AS s (user_id, last_seq)
         SELECT user_id, 1 FROM unnest($1::uuid[]) WITH ORDINALITY AS recipient (user_id, place) ORDER BY place
         ON CONFLICT (user_id) DO UPDATE SET last_seq = s.last_seq + 1
         RETURNING user_id, last_seq),
       stored AS (
         INSERT INTO notifications (user_id, seq, id, type, event_id, event_title, version, actor_id, changed, members,
                                    summary, created_at, read_at)
         SELECT s.user_id, s.last_seq, item.id, $5, $6, $7, $8, $9, $10, item.members, $11, $12, item.read_at
           FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::jsonb[]) AS item (user_id, id, read_at, members)
           JOIN streams s ON s.user_id = item.user_id)
       SELECT string_agg(last_seq::text, ',' ORDER BY user_id), (SELECT username FROM users WHERE id = $9) FROM streams`,
      [
        toArray(items.map(({ userId }) => userId)),
        toArray(items.map(({ id }) => id)),
        columnOf(items, 'readAt', 'timestamptz'),
        membersOf(items),
        ...[type, eventId, eventTitle, version, actorId, changed, summary, createdAt.toISOString()],
      ],
      reportStored(items, onStored),
    );
  }

  /** What the items of a change have in common is sent once: for 300 recipients, that halves the work on both sides. */
  private insertOfSeveral(tx: Transaction, part: PlacedItem[]): void {
    const streams = part.filter(({ item }, index) => item.userId !== part[index - 1]?.item.userId);
    const contents = new Map(part.map(({ change, item }) => [change, item]));
    const placeOf = new Map([...contents.keys()].map((change, index) => [change, index + 1]));
    const items = part.map(({ item }) => item);
    const changes = [...contents.values()];
    tx.write(
      `WITH streams AS (
         INSERT INTO notification_streams AS s (user_id, last_seq)
         SELECT recipient.user_id, recipient.items
           FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS recipient (user_id, items, place) ORDER BY place
         ON CONFLICT (user_id) DO UPDATE SET last_seq = s.last_seq + excluded.last_seq
         RETURNING user_id, last_seq)
       INSERT INTO notifications (user_id, seq, id, type, event_id, event_title, version, actor_id, changed, members,
                                  summary, created_at, read_at)
       SELECT s.user_id, s.last_seq - item.following, item.id, content.type, content.event_id, content.event_title,
              content.version, content.actor_id, content.changed::text[], item.members, content.summary,
              content.created_at, item.read_at
         FROM unnest($3::uuid[], $4::bigint[], $5::uuid[], $6::int[], $7::timestamptz[], $8::jsonb[])
                AS item (user_id, following, id, content, read_at, members)
         JOIN unnest($9::text[], $10::uuid[], $11::text[], $12::int[], $13::uuid[], $14::text[], $15::text[],
                     $16::timestamptz[]) WITH ORDINALITY
                AS content (type, event_id, event_title, version, actor_id, changed, summary, created_at, place)
           ON content.place = item.content
         JOIN streams s ON s.user_id = item.user_id`,
      [
        toArray(streams.map(({ item }) => item.userId)),
        toArray(streams.map(({ isFirst, following }) => (isFirst ? following + 1 : 0))),
        toArray(items.map(({ userId }) => userId)),
        toArray(part.map(({ following }) => following)),
        toArray(items.map(({ id }) => id)),
        toArray(part.map(({ change }) => placeOf.get(change)!)),
        columnOf(items, 'readAt', 'timestamptz'),
        membersOf(items),
        columnOf(changes, 'type', 'text'),
        toArray(changes.map(({ eventId }) => eventId)),
        columnOf(changes, 'eventTitle', 'text'),
        columnOf(changes, 'version', 'integer'),
        toArray(changes.map(({ actorId }) => actorId)),
        columnOf(changes, 'changed', 'text[]'),
        columnOf(changes, 'summary', 'text'),
        columnOf(changes, 'createdAt', 'timestamptz'),
      ],
    );
  }

  /** Reads at most `limitEach` items after each position, in one query. The parts are in the order of the positions. */
  async readParts(positions: { userId: string; after: number }[], limitEach: number): Promise<StreamPart[]> {
    type Row = StreamItem & { place: number; lastSeq: number };
    // A part without items is one row whose item is null.
    const rows = await this.database.query<Row | (Partial<Row> & Pick<Row, 'place' | 'lastSeq'>)>(
      `SELECT position.place::int, coalesce(stream.last_seq, 0) AS "lastSeq", item.*
         FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS position (user_id, after, place)
         LEFT JOIN notification_streams stream ON stream.user_id = position.user_id
         LEFT JOIN LATERAL (${selectItems(NEXT)}) AS item ON true
        ORDER BY position.place, item.seq`,
      [positions.map(({ userId }) => userId), positions.map(({ after }) => after), limitEach],
    );
    const parts: StreamPart[] = [];
    for (const { place, lastSeq, ...item } of rows) {
      const part = (parts[place - 1] ??= { items: [], lastSeq });
      if (item.seq) part.items.push(item as StreamItem);
    }
    return parts;
  }

  /** Returns the number of the last item of each stream; users without a stream are left out. */
  async listLastSeqs(userIds: string[]): Promise<{ userId: string; lastSeq: number }[]> {
    return this.database.query(
      `SELECT user_id AS "userId", last_seq AS "lastSeq" FROM notification_streams WHERE user_id = ANY($1)`,
      [userIds],
    );
  }

  async findReach(userId: string): Promise<StreamReach> {
    const [row] = await this.database.query<StreamReach>(
      `SELECT ${lastSeqOf('$1')} AS "lastSeq", ${firstSeqOf('$1')} AS "firstSeq"`,
      [userId],
    );
    return row!;
  }

  /**
   * Deletes the items from before an instant in the next `userCount` streams after a user id. Only the beginning of a
   * stream is deleted, so that what is left has no gaps. Where it ends is found once for each stream: otherwise PostgreSQL
   * asks for it again for every item of the stream. Returns the user id of the last of these streams, null when there are
   * no more.
   */
  async prune(
    before: Date,
    afterUserId: string | null,
    userCount: number,
  ): Promise<{ last: string | null; pruned: number }> {
    const [row] = await this.database.query<{ last: string | null; pruned: number }>(
      `WITH next AS (SELECT user_id FROM notification_streams WHERE $2::uuid IS NULL OR user_id > $2
                      ORDER BY user_id LIMIT $3),
            kept AS MATERIALIZED (
              SELECT next.user_id, coalesce((SELECT n.seq FROM notifications n
                                              WHERE n.user_id = next.user_id AND n.created_at >= $1
                                              ORDER BY n.seq LIMIT 1), ${MAX_BIGINT}) AS from_seq FROM next),
            pruned AS (
              DELETE FROM notifications n USING kept WHERE n.user_id = kept.user_id AND n.seq < kept.from_seq RETURNING 1)
       SELECT (SELECT max(user_id::text) FROM next) AS last, (SELECT count(*)::int FROM pruned) AS pruned`,
      [before, afterUserId, userCount],
    );
    return row!;
  }
}

type OnStored = (items: StreamItem[]) => void;

/** Takes the numbers of the items of one change, in their order and with commas, and the name of the actor. */
const reportStored = (items: NewStreamItem[], onStored: OnStored): { onRow?: OnRow } =>
  items[0]!.members === null ? { onRow: ([seqs, actorName]) => onStored(toStored(items, seqs!, actorName!)) } : {};

/** Returns items of one change that are about its content, and whose recipients therefore see the event. */
function toStored(items: NewStreamItem[], seqs: string, actorName: string): StreamItem[] {
  const numbers = seqs.split(',');
  const { eventId, eventTitle, version, actorId, changed, members, summary, createdAt } = items[0]!;
  const names = {};
  return items.map(({ id, userId, type, readAt }, index) => ({
    id,
    userId,
    seq: Number(numbers[index]),
    type,
    eventId,
    eventTitle,
    version,
    actorId,
    actorName,
    changed,
    members,
    names,
    summary,
    createdAt,
    readAt,
    visible: true,
  }));
}

/** Of arrays of different lengths, PostgreSQL takes the missing elements for NULL. */
const membersOf = (items: NewStreamItem[]): Buffer | string =>
  items.some(({ members }) => members) ? columnOf(items, 'members', 'jsonb') : toArray([]);

/** Returns an array as PostgreSQL reads it. Only for values that need no quotes; the driver looks at every character. */
const toArray = (values: readonly (string | number)[]): string => `{${values.join(',')}}`;
