import { createHash } from 'node:crypto';
import { startOf } from '../content/visible-text.js';
import { counted } from '../problems/counted.js';
import { TimeSlices } from '../platform/hooks/time-slices.js';
import { type Component, propertyOf } from './component.js';
import type { FileZones } from './file-zones.js';
import type { ImportWarning, SkippedEvent } from './import-report.js';
import { MAX_LISTED } from './import-report.js';
import { removeControls, textOf } from './property.js';

/** A VEVENT of a file, with what its calendar says about it. */
export interface VEvent {
  component: Component;
  zones: FileZones;
  uid: string;
  /** METHOD:CANCEL: the event, or the occurrence, is cancelled; nothing else about it may be given. */
  cancels: boolean;
  /** What cancels it in the same file. */
  cancelledBy?: Component;
  /** SEQUENCE, and then DTSTAMP: the later of two components about the same thing. */
  sequence: number;
  stamp: string;
  /** In milliseconds; null when the file does not say. */
  lastModified: number | null;
}

/** Everything that a file says about one UID. */
export interface EventGroup {
  uid: string;
  line: number;
  /** The series, or the event itself. Null when the file has only single occurrences. */
  master: VEvent | null;
  /** Single occurrences, with a RECURRENCE-ID; the later of two with the same one comes last. */
  overrides: VEvent[];
}

const MAX_UID_LENGTH = 500;
/** Characters of the title of what is no event. */
const MAX_SHOWN_TITLE = 100;
const UTC = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** Groups the events of calendars by UID, in the order of the file. Components of one UID belong together, in any order. */
export async function groupEvents(
  calendars: { calendar: Component; zones: FileZones }[],
  warnings: ImportWarning[],
  skipped: SkippedEvent[],
): Promise<EventGroup[]> {
  const slices = new TimeSlices();
  const groups = new Map<string, EventGroup>();
  for (const { calendar, zones } of calendars) {
    const cancels = propertyOf(calendar, 'METHOD')?.value.trim().toUpperCase() === 'CANCEL';
    for (const component of calendar.components) {
      await slices.pause();
      const { name, line } = component;
      if (name === 'VTIMEZONE') continue;
      if (name !== 'VEVENT') {
        const id = propertyOf(component, 'UID');
        const summary = propertyOf(component, 'SUMMARY');
        const title = summary ? ` “${startOf(textOf(summary).trim(), MAX_SHOWN_TITLE)}”` : '';
        const reason = `${name.slice(0, 40)}${title} is not an event, and was left out.`;
        if (warnings.length < MAX_LISTED)
          warnings.push({
            uid: id ? textOf(id).slice(0, MAX_UID_LENGTH) : null,
            property: name.slice(0, 40),
            line,
            reason,
          });
        continue;
      }
      const event = readEvent(component, zones, cancels);
      if (event.uid.length > MAX_UID_LENGTH) {
        skipped.push({
          uid: event.uid.slice(0, MAX_UID_LENGTH),
          line,
          reason: `The UID is longer than ${counted(MAX_UID_LENGTH, 'character')}.`,
        });
        continue;
      }
      const group = groups.get(event.uid) ?? { uid: event.uid, line, master: null, overrides: [] };
      groups.set(event.uid, group);
      if (propertyOf(component, 'RECURRENCE-ID')) group.overrides.push(event);
      else addMaster(group, event, warnings);
    }
  }
  for (const group of groups.values()) group.overrides.sort(compareEvents);
  return [...groups.values()];
}

function addMaster(group: EventGroup, event: VEvent, warnings: ImportWarning[]): void {
  const { master } = group;
  const isLater = !master || compareEvents(master, event) <= 0;
  if (master && (isLater ? event : master).cancels && !(isLater ? master : event).cancels) {
    const [kept, cancelling] = isLater ? [master, event] : [event, master];
    const { component: cancelledBy, sequence, stamp, lastModified } = cancelling;
    group.master = { ...kept, sequence, stamp, lastModified, cancelledBy };
    return;
  }
  const loser = isLater ? master : event;
  if (isLater) group.master = event;
  if (!loser) return;
  const { line } = propertyOf(loser.component, 'UID') ?? loser.component;
  warnings.push({
    uid: group.uid,
    property: 'UID',
    line,
    reason: 'Another event has the same UID; the later one was used.',
  });
}

/** Orders by SEQUENCE, then by DTSTAMP (RFC 5546 §2.1.5). */
const compareEvents = (a: VEvent, b: VEvent): number =>
  a.sequence - b.sequence || (a.stamp < b.stamp ? -1 : a.stamp > b.stamp ? 1 : 0);

function readEvent(component: Component, zones: FileZones, cancels: boolean): VEvent {
  const id = propertyOf(component, 'UID');
  const uid = id ? textOf(id).trim() : '';
  const sequence = Number(propertyOf(component, 'SEQUENCE')?.value.trim() ?? 0);
  return {
    component,
    zones,
    uid: uid === '' ? `${uidFrom(component)}@convene-import` : uid,
    cancels,
    sequence: Number.isSafeInteger(sequence) && sequence >= 0 && sequence <= 1_000_000_000 ? sequence : 0,
    stamp: propertyOf(component, 'DTSTAMP')?.value.trim() ?? '',
    lastModified: readUtc(propertyOf(component, 'LAST-MODIFIED')?.value.trim().toUpperCase() ?? ''),
  };
}

/** Returns the same for the same component in every file. */
const uidFrom = (component: Component): string =>
  createHash('sha256').update(hashedText(component)).digest('hex').slice(0, 40);

function readUtc(text: string): number | null {
  const time = UTC.test(text) ? Date.parse(text.replace(UTC, '$1-$2-$3T$4:$5:$6Z')) : NaN;
  return Number.isNaN(time) ? null : time;
}

/** Returns a hash of everything in components except DTSTAMP, which may change with every export. */
export async function digestOf(components: Component[]): Promise<Buffer> {
  const hash = createHash('sha256');
  const slices = new TimeSlices();
  for (const component of components) {
    await slices.pause();
    hash.update(hashedText(component));
  }
  return hash.digest();
}

function hashedText({ name, properties, components }: Component): string {
  let text = `BEGIN:${name}\n`;
  for (const { name: property, head, value } of properties) {
    if (property !== 'DTSTAMP') text += `${head}:${removeControls(value)}\n`;
  }
  for (const component of components) text += hashedText(component);
  return text;
}
