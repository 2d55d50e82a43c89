import { computed, signal } from '@preact/signals';
import { dropEdit, keepEdits, keptEdits } from './device.js';
import { type Edit, newKey } from './offline-edit.js';
import { tellTabs } from './tab-channel.js';

export const edits = signal<Edit[]>([]);
export const editsOf = (id: string): Edit[] => edits.value.filter(({ subject }) => subject.id === id);
/** Ids of the events with changes that are not sent. */
export const waitingIds = computed<ReadonlySet<string>>(() => new Set(edits.value.map(({ subject }) => subject.id)));
/** How many need somebody to decide. */
export const heldCount = computed(() => edits.value.filter(({ held }) => held !== null).length);

const LOCAL = 'local-';
/** Whether the event exists only here until it is sent. */
export const isLocal = (id: string): boolean => id.startsWith(LOCAL);

export const newLocalId = (): string => LOCAL + newKey();

let reader: string | null = null;

/** Reads the queue of a person again. */
export async function readEdits(userId: string | null = reader): Promise<void> {
  reader = userId;
  // A browser that keeps nothing has nothing to send.
  edits.value = userId === null ? [] : await keptEdits(userId).catch(() => []);
}

/** Puts edits into the queue, or replaces those that have a place in it. @throws when the browser keeps nothing */
export async function keep(...changed: Edit[]): Promise<void> {
  await keepEdits(changed.map(({ order, ...rest }) => (order === 0 ? rest : { order, ...rest })));
  await changedQueue();
}

/** Takes an edit out of the queue: it was sent, or is not wanted any more. */
export async function forget({ order }: Edit): Promise<void> {
  await dropEdit(order);
  await changedQueue();
}

async function changedQueue(): Promise<void> {
  tellTabs({ kind: 'outbox' });
  await readEdits();
}
