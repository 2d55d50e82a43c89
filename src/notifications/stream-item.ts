import type { Notification } from './notification.entity.js';

/** An item of a stream with what its message and its delivery need. The inbox shows the same items as notifications. */
export interface StreamItem extends Notification {
  actorName: string;
  /** The user names that the message needs, by user id. */
  names: Record<string, string>;
  /** Whether the recipient can still see the event, or the item is about the end of their own access. */
  visible: boolean;
}

/** An item before it has a number. */
export type NewStreamItem = Omit<Notification, 'seq'>;

/** Some items of a stream, oldest first and without gaps, and the number of the stream's last item. */
export interface StreamPart {
  items: StreamItem[];
  lastSeq: number;
}

/** The numbers of a stream that can be read. */
export interface StreamReach {
  /** Number of the first item that is still stored; one more than `lastSeq` if none is. */
  firstSeq: number;
  /** Number of the last item; 0 before the first. */
  lastSeq: number;
}
