import { describe, expect, it } from 'vitest';
import { zoneOffsets } from '../time/zone-offsets.js';
import { buildCalendars } from './component.js';
import { hasOffsets } from './match-zone.js';
import { readZoneRules } from './vtimezone-rules.js';
import { vtimezoneLines } from './vtimezone.js';

async function rulesOf(lines: string[]): Promise<ReturnType<typeof readZoneRules>> {
  const text = ['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR'];
  const [calendar] = await buildCalendars(
    text.map((line, index) => ({ text: line, line: index + 1 })),
    1_000,
  );
  return readZoneRules(calendar!.components[0]!);
}

describe('vtimezoneLines', () => {
  it('describes zones exactly in the years of the span', async () => {
    const wrong: string[] = [];
    const irregular = ['Africa/Cairo', 'Africa/Casablanca', 'Asia/Gaza', 'Asia/Jerusalem', 'America/Nuuk'];
    for (const zone of [
      ...irregular,
      ...Intl.supportedValuesOf('timeZone').filter((_name, index) => index % 3 === 0),
    ]) {
      const rules = await rulesOf(vtimezoneLines(zone, { firstYear: 2026, lastYear: 2034 }));
      if (!rules || !hasOffsets(zoneOffsets(zone), rules, { first: 2026, last: 2034 })) wrong.push(zone);
    }
    expect(wrong).toEqual([]);
  });

  it.each(['Europe/Paris', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'America/Santiago', 'Asia/Gaza'])(
    'describes %s exactly over times of other rules',
    async (zone) => {
      for (const [firstYear, lastYear] of [
        [1972, 1980],
        [1995, 2003],
        [2010, 2018],
      ] as const) {
        const rules = await rulesOf(vtimezoneLines(zone, { firstYear, lastYear }));
        expect(hasOffsets(zoneOffsets(zone), rules!, { first: firstYear, last: lastYear })).toBe(true);
      }
    },
  );

  it('is short: two rules for a zone with summer time, one offset for one without', () => {
    expect(vtimezoneLines('Europe/Paris', { firstYear: 2027, lastYear: 2027 })).toEqual([
      'BEGIN:VTIMEZONE',
      'TZID:Europe/Paris',
      'BEGIN:DAYLIGHT',
      'DTSTART:20260329T020000',
      'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
      'TZOFFSETFROM:+0100',
      'TZOFFSETTO:+0200',
      'END:DAYLIGHT',
      'BEGIN:STANDARD',
      'DTSTART:20261025T030000',
      'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
      'TZOFFSETFROM:+0200',
      'TZOFFSETTO:+0100',
      'END:STANDARD',
      'END:VTIMEZONE',
    ]);
    expect(vtimezoneLines('Asia/Tokyo', { firstYear: 2027, lastYear: 2040 })).toHaveLength(8);
  });
});
