import { readLocalStarts } from '../content/draft-times.js';
import { formatLocalTime, type LocalTime, parseICalendarTime, parseLocalTime, stampOf } from '../time/local-time.js';
import { toInstant, toLocal } from '../time/time-zone.js';
import { UnreadableEvent } from './calendar-file-error.js';
import type { FileZones } from './file-zones.js';
import { MAX_HEAD_LENGTH, parametersOf, type Property } from './property.js';

/** A DATE or DATE-TIME value of a file. */
export type CalendarTime =
  | { isDate: true; day: number }
  | {
      isDate: false;
      /** Wall time in `zone`. */
      local: LocalTime;
      /** IANA name; `UTC` for a time with Z. */
      zone: string;
      /** Epoch seconds. */
      instant: number;
    };

const DATE = /^\d{8}$/;
const DATE_TIME = /^\d{8}T\d{6}Z?$/i;

/** Reads the only value of a property. @throws UnreadableEvent */
export function readTime(property: Property, zones: FileZones): CalendarTime {
  return readValue(property, property.value, zones);
}

/** Reads the values of a property that is a list. Empty entries, which some programs write, are passed over. */
export function readTimes(property: Property, zones: FileZones): CalendarTime[] {
  return listValues(property).map((value) => readValue(property, value, zones));
}

/** Returns the entries of a list as text. */
export const listValues = ({ value }: Property): string[] => value.split(',').filter((entry) => entry.trim() !== '');

/** Reads one value of a property. @throws UnreadableEvent */
export function readValue(property: Property, value: string, zones: FileZones): CalendarTime {
  const { name, head, line } = property;
  // They may name a zone.
  if (head.length > MAX_HEAD_LENGTH) throw new UnreadableEvent(line, `${name}: the parameters are too long.`);
  const text = value.trim();
  const parameters = parametersOf(property);
  const isDate = DATE.test(text) || (parameters.get('value')?.toUpperCase() === 'DATE' && DATE_TIME.test(text));
  if (!isDate && !DATE_TIME.test(text)) throw notATime(property, text);
  let local: LocalTime;
  try {
    local = parseICalendarTime(isDate ? text.slice(0, 8) : text.replace(/Z$/i, '').toUpperCase());
  } catch {
    throw notATime(property, text);
  }
  if (isDate) return { isDate, day: local.day };
  const zone = /Z$/i.test(text) ? 'UTC' : zoneOf(property, parameters.get('tzid')?.trim(), zones);
  return { isDate, local, zone, instant: toInstant(local, zone).epochSecond };
}

function zoneOf({ name, line }: Property, id: string | undefined, zones: FileZones): string {
  if (id === undefined || id === '') return zones.floating;
  const zone = zones.byName.get(id);
  if (!zone) throw new UnreadableEvent(line, `${name}: the time zone “${id.slice(0, 64)}” is unknown.`);
  return zone;
}

const notATime = ({ name, line }: Property, text: string): UnreadableEvent =>
  new UnreadableEvent(line, `${name}: “${text.slice(0, 40)}” is not a date or time that exists.`);

/** Returns the wall time at which the clocks of a zone show an instant. */
export function localIn(time: CalendarTime, zone: string): LocalTime {
  if (time.isDate) return { day: time.day, second: 0 };
  return time.zone === zone ? time.local : toLocal(time.instant, zone);
}

/** Returns the day of a time on its own clock. */
export const dayOf = (time: CalendarTime): number => (time.isDate ? time.day : time.local.day);

/** Returns the stamps of the original starts that a time may name, the likeliest first; none for a repeated time. */
export function originalsOf(time: CalendarTime, timeZone: string): number[] {
  if (!time.isDate && time.zone === timeZone) return [stampOf(time.local)];
  const text = time.isDate ? null : `${formatLocalTime(toLocal(time.instant, 'UTC'))}Z`;
  const starts = text === null ? [] : readLocalStarts(text, { timeZone, allDay: false });
  return Array.isArray(starts) ? starts.map((start) => stampOf(parseLocalTime(start))) : [];
}
