import { buildCalendars } from './component.js';
import { readContentLines } from './content-lines.js';
import { type FileZones, resolveZones } from './file-zones.js';
import type { ImportWarning, SkippedEvent } from './import-report.js';
import { type EventGroup, groupEvents } from './vevent.js';

/** The events of a file, and what is already known not to be carried over. */
export interface CalendarFile {
  groups: EventGroup[];
  warnings: ImportWarning[];
  skipped: SkippedEvent[];
}

/**
 * Reads an iCalendar file, in slices, so that other requests need not wait.
 * @param timeZone the zone of floating times, of the person who imports
 * @throws CalendarFileError when the file as a whole cannot be read
 */
export async function readCalendarFile(bytes: Buffer, timeZone: string, maxComponents: number): Promise<CalendarFile> {
  const warnings: ImportWarning[] = [];
  const skipped: SkippedEvent[] = [];
  const calendars: { calendar: Awaited<ReturnType<typeof buildCalendars>>[number]; zones: FileZones }[] = [];
  for (const calendar of await buildCalendars(await readContentLines(bytes), maxComponents)) {
    calendars.push({ calendar, zones: await resolveZones(calendar, timeZone, warnings) });
  }
  return { groups: await groupEvents(calendars, warnings, skipped), warnings, skipped };
}
