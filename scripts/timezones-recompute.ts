/**
 * After an upgrade of the time zone data (a new Node.js brings it): computes the instants of all events anew from their
 * wall times. Prints one JSON object a line for each event that moved, with what it now clashes with, and a line that
 * sums up. Uses DATABASE_URL, or the embedded database of DATA_DIR; may run beside the server, and again.
 */
import { createApp } from '../src/create-app.js';
import { TimeZoneUpdateService } from '../src/events/time-zone-update.service.js';
import { withSigningSecret } from '../src/platform/config/config.js';
import { migrate } from '../src/platform/database/migrate.js';
import { tzdataVersion } from '../src/time/time-zone.js';
import { counted } from './counted.js';
import { orExplain, readSettings, startDatabase } from './open-database.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

await orExplain(async () => {
  const settings = readSettings();
  const database = await startDatabase(settings);
  // Nobody waits for it, and an event that it left out would stay wrong.
  const noLimits = { maxComparedOccurrences: Infinity, databaseTransactionSeconds: Infinity };
  const config = withSigningSecret(settings).with({ databaseUrl: database.url, logLevel: 'warn', ...noLimits });
  try {
    await migrate(config.databaseUrl);
    const app = await createApp(config);
    await app.init();
    const { checked, moved } = await app.get(TimeZoneUpdateService).recompute();
    for (const event of moved) say(JSON.stringify(event));
    say(`Time zone data ${tzdataVersion()}: ${counted(checked, 'event')} checked, ${moved.length} moved`);
    await app.close();
  } finally {
    await database.stop();
  }
});
