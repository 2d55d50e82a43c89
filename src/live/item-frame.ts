import { type NotificationView, toNotificationView } from '../notifications/notification-view.js';
import type { StreamItem } from '../notifications/stream-item.js';

type SharedView = Omit<NotificationView, 'id' | 'seq'>;

/** What an item says to several recipients alike: everything but its id and its number. */
class SharedContent {
  /** From the first shared member to the end of the JSON text. */
  readonly json: string;
  private encoded: Buffer | undefined;

  constructor(readonly view: SharedView) {
    this.json = JSON.stringify(view).slice(1);
  }

  /** The text in UTF-8, encoded once. */
  get bytes(): Buffer {
    return (this.encoded ??= Buffer.from(this.json));
  }
}

/** A `change` frame: one item for one recipient, with JSON text whose larger part is shared with other recipients. */
export class ItemFrame implements NotificationView {
  constructor(
    readonly id: string,
    readonly seq: number,
    private readonly shared: SharedContent,
  ) {}

  get type(): NotificationView['type'] {
    return this.shared.view.type;
  }

  get event_id(): string {
    return this.shared.view.event_id;
  }

  get event_title(): string {
    return this.shared.view.event_title;
  }

  get version(): number {
    return this.shared.view.version;
  }

  get actor(): NotificationView['actor'] {
    return this.shared.view.actor;
  }

  get changed(): string[] {
    return this.shared.view.changed;
  }

  get message(): string {
    return this.shared.view.message;
  }

  get timestamp(): string {
    return this.shared.view.timestamp;
  }

  get read_at(): string | null {
    return this.shared.view.read_at;
  }

  /** The item as JSON text, exactly as `JSON.stringify` writes its `NotificationView`. */
  get json(): string {
    return this.head + this.shared.json;
  }

  /**
   * Returns the item between two texts as the payload of an unmasked WebSocket text frame (RFC 6455 §5.2), header included,
   * in one buffer: one write to the socket. Both texts are ASCII.
   */
  toWebSocketFrame(before: string, after: string): Buffer {
    const head = before + this.head;
    const { bytes } = this.shared;
    const length = head.length + bytes.length + after.length;
    const headerLength = length < 126 ? 2 : length < 65_536 ? 4 : 10;
    const frame = Buffer.allocUnsafe(headerLength + length);
    frame[0] = 0x81;
    if (headerLength === 2) frame[1] = length;
    else if (headerLength === 4) frame.writeUInt16BE(length, 2);
    else frame.writeBigUInt64BE(BigInt(length), 2);
    if (headerLength > 2) frame[1] = headerLength === 4 ? 126 : 127;
    frame.write(head, headerLength, 'latin1');
    bytes.copy(frame, headerLength + head.length);
    frame.write(after, headerLength + head.length + bytes.length, 'latin1');
    return frame;
  }

  /** ASCII, since an id is a UUID. */
  private get head(): string {
    return `{"id":"${this.id}","seq":${this.seq},`;
  }
}

interface Written {
  item: StreamItem;
  content: SharedContent;
}

/** Makes the frames of items that are sent together. Items of one change are written down once for all recipients. */
export class ItemFrames {
  private readonly written = new Map<string, Written>();
  /** The last one that did not address its recipient: most items are of the same change as the one before them. */
  private last: Written | undefined;

  of(item: StreamItem): ItemFrame {
    return new ItemFrame(item.id, item.seq, this.contentOf(item));
  }

  private contentOf(item: StreamItem): SharedContent {
    // What names members addresses its recipient.
    if (item.members !== null) return write(item);
    if (this.last && saysTheSame(this.last.item, item)) return this.last.content;
    // The actor's own item differs: `You`, and it has been read.
    const key = `${item.eventId} ${item.version} ${item.actorId === item.userId}`;
    let known = this.written.get(key);
    if (!known || !saysTheSame(known.item, item)) this.written.set(key, (known = { item, content: write(item) }));
    this.last = known;
    return known.content;
  }
}

/** The view begins with the id and the number, which are the recipient's own. */
function write(item: StreamItem): SharedContent {
  const { id: _id, seq: _seq, ...rest } = toNotificationView(item);
  return new SharedContent(rest);
}

/** Whether the views of two items without members differ in nothing but id and number. */
const saysTheSame = (one: StreamItem, other: StreamItem): boolean =>
  one.type === other.type &&
  one.eventId === other.eventId &&
  one.eventTitle === other.eventTitle &&
  one.version === other.version &&
  one.actorId === other.actorId &&
  one.actorName === other.actorName &&
  (one.actorId === one.userId) === (other.actorId === other.userId) &&
  one.summary === other.summary &&
  one.createdAt.getTime() === other.createdAt.getTime() &&
  one.readAt?.getTime() === other.readAt?.getTime() &&
  one.changed.length === other.changed.length &&
  one.changed.every((name, index) => name === other.changed[index]);
