import pg from 'pg';
import type { Bus, BusConnection, BusListener } from './bus.js';
import { withTimeout } from './timeout.js';

const CHANNEL = 'convene_signals';
/** Prepared, because to plan it would take longer than to run it. */
const NOTIFY = { name: 'notify', text: 'SELECT pg_notify($1, text) FROM unnest($2::text[]) AS text' };
const CONNECT_MS = 2_000;
const CLOSE_MS = 1_000;

/**
 * A bus over LISTEN and NOTIFY, on a connection outside of the pool, which would otherwise lose one to it permanently. A
 * channel belongs to one database, so other databases of the same PostgreSQL receive nothing.
 */
export class PostgresBus implements Bus {
  constructor(private readonly url: string) {}

  async connect(listener: BusListener): Promise<BusConnection> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'convene signals',
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
    });
    let open = false;
    const lost = (error: Error): void => {
      if (open) listener.lost(error);
      open = false;
    };
    client.on('error', lost);
    client.on('end', () => lost(new Error('The connection closed')));
    client.on('notification', ({ payload }) => listener.received(payload ?? ''));
    const close = async (): Promise<void> => {
      open = false;
      await withTimeout(CLOSE_MS, client.end()).catch(() => undefined);
    };
    try {
      await client.connect();
      await withTimeout(CONNECT_MS, client.query(`LISTEN ${CHANNEL}`));
    } catch (error) {
      await close();
      throw error;
    }
    open = true;
    return {
      send: async (texts) => {
        // One statement: one transaction and one round trip.
        await client.query({ ...NOTIFY, values: [CHANNEL, texts] });
      },
      ping: async () => void (await client.query('SELECT 1')),
      close,
    };
  }
}
