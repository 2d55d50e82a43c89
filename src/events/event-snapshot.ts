import { contentOf, type EventContent } from './event-content.js';

/** What is stored in a version: the content, with instants as text. */
export type Snapshot = Omit<EventContent, 'startTime' | 'endTime' | 'deletedAt'> & {
  startTime: string;
  endTime: string;
  deletedAt: string | null;
};

export function toSnapshot(content: EventContent): Snapshot {
  return {
    ...contentOf(content),
    startTime: content.startTime.toISOString(),
    endTime: content.endTime.toISOString(),
    deletedAt: content.deletedAt?.toISOString() ?? null,
  };
}

export function fromSnapshot(snapshot: Snapshot): EventContent {
  return {
    ...snapshot,
    startTime: new Date(snapshot.startTime),
    endTime: new Date(snapshot.endTime),
    deletedAt: snapshot.deletedAt === null ? null : new Date(snapshot.deletedAt),
  };
}
