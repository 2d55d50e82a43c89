import { TimeSlices } from '../platform/hooks/time-slices.js';
import { canonicalTimeZone, isTimeZone } from '../time/time-zone.js';
import { zoneOffsets } from '../time/zone-offsets.js';
import { type Component, propertiesOf, propertyOf } from './component.js';
import { hasOffsets, matchZone, type Years } from './match-zone.js';
import { parametersOf, textOf } from './property.js';
import { readZoneRules, type ZoneRules } from './vtimezone-rules.js';
import type { ImportWarning } from './import-report.js';
import { fromWindowsZone } from './windows-zones.js';

/** Matching a zone by its rules is slow. More private zones than this in a file are unknown. */
const MAX_MATCHED = 50;

/** The time zones that the names in one calendar mean. */
export interface FileZones {
  /** The zone of times without one. */
  floating: string;
  /** IANA names by TZID; null for a name that means none. */
  byName: Map<string, string | null>;
  /** The only zone that the calendar describes, by which all-day dates in UTC can be read. */
  only: string | null;
}

interface Description {
  rules: ZoneRules | null;
  line: number;
  /** The name that some programs give beside their own. */
  location: string | null;
}

/**
 * Resolves all zone names of a calendar: an IANA name, a name of Windows, a path that ends with an IANA name, or else
 * the VTIMEZONE by its offsets in the years of the events. A VTIMEZONE that contradicts its IANA name loses, with a warning.
 * @param importer the zone of the person who imports
 */
export async function resolveZones(
  calendar: Component,
  importer: string,
  warnings: ImportWarning[],
): Promise<FileZones> {
  const described = new Map<string, Description>();
  const slices = new TimeSlices();
  for (const component of calendar.components) {
    await slices.pause();
    const id = component.name === 'VTIMEZONE' && propertyOf(component, 'TZID');
    if (!id) continue;
    const location = propertyOf(component, 'X-LIC-LOCATION');
    const description = {
      rules: readZoneRules(component),
      line: component.line,
      location: location ? textOf(location) : null,
    };
    described.set(textOf(id).trim(), description);
  }
  const byName = new Map<string, string | null>();
  let matched = 0;
  for (const [name, years] of await findZoneNames(calendar, slices)) {
    await slices.pause();
    const description = described.get(name);
    const named = readZoneName(name) ?? (description?.location ? readZoneName(description.location) : null);
    const rules = description?.rules;
    if (named !== null) {
      byName.set(name, named);
      if (
        rules &&
        isTimeZone(name) &&
        !hasOffsets(zoneOffsets(named), rules, { first: years.first, last: years.first + 2 })
      ) {
        const reason = `The VTIMEZONE of ${named} differs from the time zone database, which was used.`;
        warnings.push({ uid: null, property: 'VTIMEZONE', line: description.line, reason });
      }
    } else if (rules && matched < MAX_MATCHED) {
      matched += 1;
      byName.set(name, await matchZone(name, rules, years));
    } else byName.set(name, null);
  }
  const declared = propertyOf(calendar, 'X-WR-TIMEZONE');
  const names = [...described.keys()];
  return {
    floating: (declared && readZoneName(textOf(declared).trim())) ?? importer,
    byName,
    only: names.length === 1 ? (byName.get(names[0]!) ?? readZoneName(names[0]!)) : null,
  };
}

/** Returns the IANA zone that a name means by itself. */
export function readZoneName(name: string): string | null {
  if (isTimeZone(name)) return canonicalTimeZone(name);
  const windows = fromWindowsZone(name);
  if (windows !== null) return windows;
  // The longest suffix of a path: names may have three parts.
  const parts = name.split('/').slice(-4);
  for (let from = 1; from < parts.length; from += 1) {
    const suffix = parts.slice(from).join('/');
    if (isTimeZone(suffix)) return canonicalTimeZone(suffix);
  }
  return null;
}

const TIMED = new Set(['DTSTART', 'DTEND', 'RDATE', 'EXDATE', 'RECURRENCE-ID']);

/** Returns the zone names of the events of a calendar, with the years in which they are needed. */
async function findZoneNames(calendar: Component, slices: TimeSlices): Promise<Map<string, Years>> {
  const found = new Map<string, Years>();
  for (const event of calendar.components) {
    if (event.name !== 'VEVENT') continue;
    const beyond = propertiesOf(event, 'RRULE').length > 0 ? 5 : 0;
    for (const property of event.properties) {
      await slices.pause();
      const name = TIMED.has(property.name) ? parametersOf(property).get('tzid') : undefined;
      if (name === undefined) continue;
      const year = Number(property.value.slice(0, 4));
      if (!(year >= 1900 && year <= 2200)) continue;
      const years = found.get(name.trim()) ?? { first: year, last: year };
      found.set(name.trim(), { first: Math.min(years.first, year), last: Math.max(years.last, year + beyond) });
    }
  }
  return found;
}
