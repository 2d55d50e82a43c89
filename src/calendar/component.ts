import { counted } from '../problems/counted.js';
import { TimeSlices } from '../platform/hooks/time-slices.js';
import { CalendarFileError } from './calendar-file-error.js';
import type { ContentLine } from './content-lines.js';
import { parseProperty, type Property } from './property.js';

/** A component of a file, such as VCALENDAR or VEVENT. */
export interface Component {
  /** In upper case. */
  name: string;
  line: number;
  properties: Property[];
  components: Component[];
  /** Lines that are not properties, and the property before each. */
  strayLines: { line: number; after: string }[];
}

const MAX_DEPTH = 16;
/** A line of a binary file, or of another format. */
// oxlint-disable-next-line no-control-regex
const NOT_TEXT = /^[^:]*[\u0000-\u0008\u000b-\u001f]/;

/**
 * Returns the calendars of a file. A file may contain several.
 * @throws CalendarFileError for a file that is not iCalendar, is truncated, or has too many components
 */
export async function buildCalendars(lines: ContentLine[], maxComponents: number): Promise<Component[]> {
  const slices = new TimeSlices();
  const calendars: Component[] = [];
  const open: Component[] = [];
  let count = 0;
  for (const [index, line] of lines.entries()) {
    if (index % 64 === 0) await slices.pause();
    const property = parseProperty(line);
    const inside = open.at(-1);
    if (property?.name === 'BEGIN') {
      const component = { name: nameOf(property), line: line.line, properties: [], components: [], strayLines: [] };
      if (!inside && component.name !== 'VCALENDAR') throw notACalendar(line.line);
      count += 1;
      if (count > maxComponents) {
        throw new CalendarFileError(line.line, `A file can have at most ${counted(maxComponents, 'component')}.`);
      }
      if (open.length === MAX_DEPTH) throw new CalendarFileError(line.line, 'The components are nested too deep.');
      (inside?.components ?? calendars).push(component);
      open.push(component);
    } else if (!inside) refuseOutside(line, calendars);
    else if (property?.name === 'END') {
      const name = nameOf(property);
      if (name !== inside.name) {
        throw new CalendarFileError(line.line, `END:${name.slice(0, 40)} does not end ${inside.name.slice(0, 40)}.`);
      }
      open.pop();
    } else if (property) {
      inside.properties.push(property);
      if (inside.name === 'VCALENDAR' && property.name === 'VERSION') refuseVersion(property);
    } else if (NOT_TEXT.test(line.text)) throw new CalendarFileError(line.line, 'This is not text.');
    else inside.strayLines.push({ line: line.line, after: inside.properties.at(-1)?.name ?? inside.name });
  }
  const unfinished = open.at(-1);
  if (unfinished) {
    const last = lines.at(-1)!.line;
    throw new CalendarFileError(last, `The file ends before END:${unfinished.name.slice(0, 40)}.`);
  }
  if (calendars.length === 0) throw notACalendar(1);
  return calendars;
}

const nameOf = ({ value }: Property): string => value.trim().toUpperCase();

const notACalendar = (line: number): CalendarFileError =>
  new CalendarFileError(line, 'This is not an iCalendar file: it must begin with BEGIN:VCALENDAR.');

/** Blanks may follow a calendar, and nothing else. */
function refuseOutside({ text, line }: ContentLine, calendars: Component[]): void {
  if (text.trim() === '') return;
  if (calendars.length === 0) throw notACalendar(line);
  throw new CalendarFileError(line, 'This line stands outside of a calendar.');
}

function refuseVersion({ value, line }: Property): void {
  if (value.trim() !== '2.0' && value.trim().startsWith('1.')) {
    throw new CalendarFileError(line, 'vCalendar 1.0 is not supported. Export the calendar as iCalendar 2.0.');
  }
}

/** Returns the first property of a component with a name. */
export const propertyOf = ({ properties }: Component, name: string): Property | undefined =>
  properties.find((property) => property.name === name);

/** Returns all properties of a component with a name. */
export const propertiesOf = ({ properties }: Component, name: string): Property[] =>
  properties.filter((property) => property.name === name);
