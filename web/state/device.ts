import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Edit } from './offline-edit.js';

// What is kept on this device for the time without a connection: what was read, and edits that are not sent yet.

interface Kept {
  key: string;
  at: number;
  value: unknown;
}

interface Schema extends DBSchema {
  edits: { key: number; value: Edit };
  reads: { key: string; value: Kept; indexes: { at: number } };
}

const MAX_READS = 60;
const WRITE_AFTER_MS = 300;

let opening: Promise<IDBPDatabase<Schema>> | null = null;

const database = (): Promise<IDBPDatabase<Schema>> =>
  (opening ??= openDB<Schema>('convene', 1, {
    upgrade: (fresh) => {
      fresh.createObjectStore('edits', { keyPath: 'order', autoIncrement: true });
      fresh.createObjectStore('reads', { keyPath: 'key' }).createIndex('at', 'at');
    },
  }));

/** The edits of a person that are not sent, oldest first. @throws what the browser says when it keeps nothing */
export async function keptEdits(userId: string): Promise<Edit[]> {
  return (await (await database()).getAll('edits')).filter((edit) => edit.userId === userId);
}

/** Stores edits; those without an order come last, and get one. Resolves when they are on the disk. */
export async function keepEdits(edits: (Omit<Edit, 'order'> & { order?: number })[]): Promise<void> {
  const write = (await database()).transaction('edits', 'readwrite', { durability: 'strict' });
  for (const edit of edits) await write.store.put(edit as Edit);
  await write.done;
}

export async function dropEdit(order: number): Promise<void> {
  await (await database()).delete('edits', order);
}

const unwritten = new Map<string, unknown>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Keeps what was read, soon and once for a burst. What was read longest ago gives way. */
export function keepRead(key: string, value: unknown): void {
  unwritten.set(key, value);
  timer ??= setTimeout(() => {
    timer = undefined;
    // Without it nothing can be read offline; everything else works.
    void writeReads().catch(() => unwritten.clear());
  }, WRITE_AFTER_MS);
}

async function writeReads(): Promise<void> {
  const { store, done } = (await database()).transaction('reads', 'readwrite');
  for (const [key, value] of unwritten) void store.put({ key, at: Date.now(), value });
  unwritten.clear();
  for (let surplus = (await store.count()) - MAX_READS; surplus > 0; surplus -= 1) {
    await (await store.index('at').openCursor())?.delete();
  }
  await done;
}

/** What was read before, and when; null when it never was, or the browser keeps nothing. */
export async function keptRead(key: string): Promise<{ value: unknown; at: number } | null> {
  try {
    const kept = await (await database()).get('reads', key);
    return kept ?? null;
  } catch {
    return null;
  }
}

/** Forgets what was read; edits that are not sent stay for their author. */
export async function forgetReads(): Promise<void> {
  unwritten.clear();
  await database().then(
    (open) => open.clear('reads'),
    () => undefined,
  );
}
