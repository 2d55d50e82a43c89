import pg from 'pg';

/** The same on both sides, so that the same values are the same text. */
const TEXT_SETTINGS =
  '-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c extra_float_digits=1 -c bytea_output=hex';

/** Runs work on a connection of its own, on which a statement may take any time. */
export async function withConnection<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'convene backup check',
    options: `${TEXT_SETTINGS} -c statement_timeout=0 -c idle_in_transaction_session_timeout=0`,
    keepAlive: true,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
