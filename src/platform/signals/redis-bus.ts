import { createClient } from 'redis';
import type { Bus, BusConnection, BusListener } from './bus.js';
import { withTimeout } from './timeout.js';

const CONNECT_MS = 2_000;
const BLOCK_MS = 5_000;
const RESPONSE_MS = 5_000;
/** Entries that a server can still read after a short outage; approximate, so that trimming costs nothing. */
const STORED_ENTRIES = 1_000;
const FIRST_ID = '0-0';

/**
 * A bus over one Redis stream for all servers on one database. Each server reads on from the last id that it has read, so
 * that nothing is lost while it reconnects.
 */
export class RedisBus implements Bus {
  private lastId: string | null = null;

  constructor(
    private readonly url: string,
    private readonly databaseIdentity: () => Promise<string>,
  ) {}

  async connect(listener: BusListener): Promise<BusConnection> {
    let open = false;
    const lost = (error: Error): void => {
      if (open) listener.lost(error);
      open = false;
    };
    // A blocking read would delay what is sent on the same connection.
    const [writer, reader] = [openClient(this.url, lost), openClient(this.url, lost)];
    const close = (): Promise<void> => {
      open = false;
      for (const client of [writer, reader]) client.destroy();
      return Promise.resolve();
    };
    let key: string;
    try {
      key = `convene:signals:${await withTimeout(CONNECT_MS, this.databaseIdentity())}`;
      await withTimeout(CONNECT_MS, Promise.all([writer.connect(), reader.connect()]));
      await withTimeout(CONNECT_MS, this.findPosition(reader, key));
    } catch (error) {
      await close();
      throw error;
    }
    open = true;
    const read = async (): Promise<void> => {
      while (open) await this.read(reader, key, listener);
    };
    read().catch(lost);
    return {
      send: async (texts) => {
        const TRIM = { strategy: 'MAXLEN', strategyModifier: '~', threshold: STORED_ENTRIES } as const;
        await Promise.all(texts.map((text) => writer.xAdd(key, '*', { text }, { TRIM })));
      },
      ping: async () => void (await writer.ping()),
      close,
    };
  }

  /** Continues after the last id; from the first entry if the stream was lost and its newest id is earlier. */
  private async findPosition(reader: Client, key: string): Promise<void> {
    const newest = (await reader.xRevRange(key, '+', '-', { COUNT: 1 }))?.[0];
    if (this.lastId === null) this.lastId = newest?.id ?? FIRST_ID;
    else if (!newest || isEarlier(newest.id, this.lastId)) this.lastId = FIRST_ID;
  }

  private async read(reader: Client, key: string, listener: BusListener): Promise<void> {
    const position = { key, id: this.lastId ?? FIRST_ID };
    const response = reader.xRead(position, { BLOCK: BLOCK_MS, COUNT: 100 });
    const streams = await withTimeout(BLOCK_MS + RESPONSE_MS, response);
    for (const { id, message } of streams?.[0]?.messages ?? []) {
      this.lastId = id;
      listener.received(message.text ?? '');
    }
  }
}

type Client = ReturnType<typeof openClient>;

/** Opens a client that neither reconnects nor queues commands: `ReconnectingConnection` and `Signals` do both. */
function openClient(url: string, lost: (error: Error) => void) {
  const client = createClient({
    url,
    RESP: 2,
    name: 'convene',
    disableClientInfo: true,
    disableOfflineQueue: true,
    socket: { connectTimeout: CONNECT_MS, reconnectStrategy: false },
  });
  client.on('error', lost);
  client.on('end', () => lost(new Error('The connection closed')));
  return client;
}

/** Compares two entry ids, `<milliseconds>-<number>`. */
function isEarlier(id: string, other: string): boolean {
  const [time = 0, number = 0] = id.split('-').map(Number);
  const [otherTime = 0, otherNumber = 0] = other.split('-').map(Number);
  return time < otherTime || (time === otherTime && number < otherNumber);
}
