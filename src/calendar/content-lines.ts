import { TextDecoder } from 'node:util';
import { counted } from '../problems/counted.js';
import { TimeSlices } from '../platform/hooks/time-slices.js';
import { CalendarFileError } from './calendar-file-error.js';

/** An unfolded line (RFC 5545 §3.1). */
export interface ContentLine {
  text: string;
  /** Its first physical line, from 1. */
  line: number;
}

/** Larger than pictures that calendars carry along, which are not kept. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;
/** More than a file of the largest size has, unless its lines are empty. */
const MAX_LINES = 500_000;

const [LF, CR, TAB, SPACE] = [0x0a, 0x0d, 0x09, 0x20];

/**
 * Reads the lines of a file: unfolds its bytes first, because a line may be folded inside a character, and decodes them
 * then. Accepts a byte order mark, line feeds alone, carriage returns alone, and blank lines, which are all common.
 * @throws CalendarFileError for bytes that are not UTF-8, and for lines that are too long or too many
 */
export async function readContentLines(bytes: Buffer): Promise<ContentLine[]> {
  refuseUtf16(bytes);
  const slices = new TimeSlices();
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const lineBreak = bytes.includes(LF) ? LF : CR;
  const lines: ContentLine[] = [];
  let parts: Buffer[] = [];
  let [began, length] = [0, 0];
  const finish = (): void => {
    if (parts.length > 0) lines.push({ text: decode(decoder, parts, began), line: began });
    [parts, length] = [[], 0];
  };

  let number = 0;
  for (let from = hasMark(bytes) ? 3 : 0; from < bytes.length;) {
    const found = bytes.indexOf(lineBreak, from);
    const end = found < 0 ? bytes.length : found;
    let stop = end;
    while (stop > from && bytes[stop - 1] === CR) stop -= 1;
    number += 1;
    if (number > MAX_LINES)
      throw new CalendarFileError(number, `A file can have at most ${counted(MAX_LINES, 'line')}.`);
    const isFolded = bytes[from] === SPACE || bytes[from] === TAB;
    if (isFolded && parts.length > 0) parts.push(bytes.subarray(from + 1, stop));
    else if (stop > from) {
      finish();
      began = number;
      parts.push(bytes.subarray(from, stop));
    }
    length += stop - from;
    if (length > MAX_LINE_BYTES) throw new CalendarFileError(began, 'The line is too long.');
    from = end + 1;
    if (number % 256 === 0) await slices.pause();
  }
  finish();
  return lines;
}

const hasMark = (bytes: Buffer): boolean => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;

function refuseUtf16(bytes: Buffer): void {
  const isUtf16 =
    (bytes[0] === 0xff && bytes[1] === 0xfe) ||
    (bytes[0] === 0xfe && bytes[1] === 0xff) ||
    (bytes[0] === 0x42 && bytes[1] === 0) ||
    (bytes[0] === 0 && bytes[1] === 0x42);
  if (isUtf16) throw new CalendarFileError(1, 'The file is encoded in UTF-16. Send it in UTF-8.');
}

function decode(decoder: TextDecoder, parts: Buffer[], line: number): string {
  try {
    return decoder.decode(parts.length === 1 ? parts[0] : Buffer.concat(parts));
  } catch {
    throw new CalendarFileError(line, 'This is not text in UTF-8.');
  }
}
