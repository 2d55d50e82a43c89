import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CalendarFileError, UnreadableEvent } from '../../src/calendar/calendar-file-error.js';
import { readCalendarFile } from '../../src/calendar/read-file.js';
import { toImportedContent } from '../../src/calendar/vevent-to-event.js';
import { calendarCases, calendarFile, calendarOf, importFile, vevent } from '../support/calendar-files.js';
import { damage, PROPERTIES } from '../support/damaged-files.js';
import { HOSTILE_CALENDARS } from '../support/hostile-calendars.js';
import { Chance } from '../support/random.js';
import { footprint, send } from '../support/requests.js';
import { type Person, startApp, type TestApp } from '../support/test-app.js';

/** Factor by which more files are tried, such as 20 for a night. */
const MORE = Number(process.env['CALENDAR_FUZZ'] ?? 1);
const SEED = Number(process.env['CALENDAR_FUZZ_SEED'] ?? 15);
const LARGEST = 20_000;

const CORPUS = [
  ...calendarCases.map(({ files }) => calendarFile(files[0]!)),
  ...HOSTILE_CALENDARS.filter(({ encoding }) => !encoding).map(({ body }) => body as Buffer),
].filter(({ length }) => length > 0 && length <= LARGEST);

/** Returns a damaged file of the corpus; the same one for the same number. */
function damaged(number: number): { bytes: Buffer; name: string } {
  const chance = new Chance(SEED * 1_000_003 + number);
  const { bytes, name } = damage(chance.pick(CORPUS), chance, chance.pick(CORPUS));
  return { bytes, name: `file ${number} of seed ${SEED}: ${name}` };
}

const countLines = (bytes: Buffer): number => bytes.toString('latin1').split(/\r\n|\n|\r/).length + 1;

interface Named {
  line: number;
  reason: string;
}
const expectNamed = (entries: Named[], bytes: Buffer, name: string): void => {
  for (const { line, reason } of entries) {
    expect(line, name).toBeGreaterThanOrEqual(1);
    expect(line, name).toBeLessThanOrEqual(countLines(bytes));
    expect(reason.trim(), name).not.toBe('');
  }
};

describe('a damaged calendar file', () => {
  let app: TestApp;
  let ana: Person;
  beforeAll(async () => {
    app = await startApp();
    ana = await app.signUp('ana', 'Europe/Paris');
  });
  afterAll(() => app.close());

  it('is read, or refused with its line and a reason, and so is each of its events', async () => {
    let [refused, read] = [0, 0];
    for (let number = 0; number < 1_500 * MORE; number += 1) {
      const { bytes, name } = damaged(number);
      try {
        const { groups, warnings, skipped } = await readCalendarFile(bytes, 'Europe/Paris', 20_000);
        for (const group of groups) {
          const warnOf =
            () =>
            ({ line }: { line: number }, reason: string): void =>
              void warnings.push({ uid: null, property: '', line, reason });
          await toImportedContent(group, null, warnOf).catch((error: unknown) => {
            if (!(error instanceof UnreadableEvent)) throw error;
            skipped.push({ uid: null, ...error });
          });
        }
        expectNamed([...warnings, ...skipped], bytes, name);
        read += 1;
      } catch (error) {
        if (!(error instanceof CalendarFileError)) throw new Error(name, { cause: error });
        expectNamed([error], bytes, name);
        refused += 1;
      }
    }
    // Both happen, so that neither is untested.
    expect(Math.min(refused, read)).toBeGreaterThan(100);
  });

  it('is imported as far as it can be read, once, or refused, and then nothing is stored', async () => {
    for (let number = 0; number < 60 * MORE; number += 1) {
      const { bytes, name } = damaged(number);
      const before = await footprint(app.database);
      const { status, json } = await importFile(app, ana, bytes);
      expect([200, 422], name).toContain(status);
      expectNamed([...json.skipped, ...json.warnings], bytes, name);
      if (status === 422) {
        expect(json.skipped.length, name).toBeGreaterThan(0);
        expect(await footprint(app.database), name).toEqual(before);
        continue;
      }
      const stored = await footprint(app.database);
      const again = await importFile(app, ana, bytes);
      expect([again.json.created, again.json.updated, again.json.cancelled], name).toEqual([0, 0, 0]);
      expect(await footprint(app.database), name).toEqual(stored);
    }
    const { status } = await send(app, '/api/calendar.ics', { as: ana, headers: { accept: 'text/calendar' } });
    expect(status).toBe(200);
  });

  it('gives all events but the one that is damaged', async () => {
    const good = (uid: string): string[] => vevent(uid, 'DTSTART:20270301T100000Z', 'DURATION:PT1H', 'SUMMARY:Good');
    for (let number = 0; number < 40 * MORE; number += 1) {
      const chance = new Chance(SEED * 7_919 + number);
      const lines = [
        'DTSTART;TZID=Europe/Paris:20270301T100000',
        'DURATION:PT1H',
        'RRULE:FREQ=DAILY;COUNT=5',
        'SUMMARY:x',
      ];
      for (let n = chance.below(3); n >= 0; n -= 1) {
        const line = chance.pick(PROPERTIES.filter((one) => !/^(?:BEGIN|END):/.test(one)));
        lines.splice(chance.below(lines.length + 1), chance.below(2), line);
      }
      const file = calendarOf(
        ...good(`before-${number}@example.org`),
        ...vevent(`bad-${number}@example.org`, ...lines),
        ...good(`after-${number}@example.org`),
      );
      const { status, json } = await importFile(app, ana, file);
      expect(status, file).toBe(200);
      const uids = json.items.map(({ uid }: { uid: string }) => uid);
      expect(uids, file).toEqual(
        expect.arrayContaining([`before-${number}@example.org`, `after-${number}@example.org`]),
      );
      expectNamed([...json.skipped, ...json.warnings], Buffer.from(file), file);
    }
  });
});
