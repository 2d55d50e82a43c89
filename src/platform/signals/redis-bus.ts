import { createClient } from 'redis';
import type { Bus, BusConnection, BusListener } from './bus.js';
import { within } from './time-limit.js';

const CONNECT_MS = 2_000;
const BLOCK_MS = 5_000;
const ANSWER_MS = 5_000;
/** What a server that was away for a moment can still read; about, so that trimming costs nothing. */
const KEPT = 1_000;
const BEGINNING = '0-0';

/**
 * One stream for all servers on one database. They read it by id from where they were, so that nothing is lost while a
 * connection is opened again.
 */
export class RedisBus implements Bus {
  private last: string | null = null;

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
    // A read that waits would hold up what is sent.
    const [writer, reader] = [openClient(this.url, lost), openClient(this.url, lost)];
    const close = (): Promise<void> => {
      open = false;
      for (const client of [writer, reader]) client.destroy();
      return Promise.resolve();
    };
    let key: string;
    try {
      key = `convene:signals:${await within(CONNECT_MS, this.databaseIdentity())}`;
      await within(CONNECT_MS, Promise.all([writer.connect(), reader.connect()]));
      await within(CONNECT_MS, this.findPlace(reader, key));
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
        const TRIM = { strategy: 'MAXLEN', strategyModifier: '~', threshold: KEPT } as const;
        await Promise.all(texts.map((text) => writer.xAdd(key, '*', { text }, { TRIM })));
      },
      ping: async () => void (await writer.ping()),
      close,
    };
  }

  /** Goes on where it was; if the stream was lost meanwhile and begins at an earlier time, at the beginning. */
  private async findPlace(reader: Client, key: string): Promise<void> {
    const newest = (await reader.xRevRange(key, '+', '-', { COUNT: 1 }))?.[0];
    if (this.last === null) this.last = newest?.id ?? BEGINNING;
    else if (!newest || isEarlier(newest.id, this.last)) this.last = BEGINNING;
  }

  private async read(reader: Client, key: string, listener: BusListener): Promise<void> {
    const place = { key, id: this.last ?? BEGINNING };
    const answer = reader.xRead(place, { BLOCK: BLOCK_MS, COUNT: 100 });
    const streams = await within(BLOCK_MS + ANSWER_MS, answer);
    for (const { id, message } of streams?.[0]?.messages ?? []) {
      this.last = id;
      listener.heard(message.text ?? '');
    }
  }
}

type Client = ReturnType<typeof openClient>;

/** One that neither comes back by itself nor keeps commands for later: both are done, once for all, by who uses it. */
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
  client.on('end', () => lost(new Error('The connection ended')));
  return client;
}

/** Ids of entries are `<milliseconds>-<number>`. */
function isEarlier(id: string, other: string): boolean {
  const [time = 0, number = 0] = id.split('-').map(Number);
  const [otherTime = 0, otherNumber = 0] = other.split('-').map(Number);
  return time < otherTime || (time === otherTime && number < otherNumber);
}
