import type { Chance } from './random.js';

type Damage = (file: Buffer, chance: Chance, other: Buffer) => Buffer;

const position = (file: Buffer, chance: Chance): number => chance.below(file.length + 1);
const linesOf = (file: Buffer): string[] => file.toString('latin1').split('\n');
const joined = (lines: string[]): Buffer => Buffer.from(lines.join('\n'), 'latin1');
const inserted = (file: Buffer, at: number, bytes: Buffer | string): Buffer =>
  Buffer.concat([file.subarray(0, at), Buffer.from(bytes), file.subarray(at)]);

/** What networks, editors and programs do to files. */
export const DAMAGES: Record<string, Damage> = {
  truncated: (file, chance) => file.subarray(0, position(file, chance)),
  beheaded: (file, chance) => file.subarray(position(file, chance)),
  spliced: (file, chance, other) =>
    Buffer.concat([file.subarray(0, position(file, chance)), other.subarray(position(other, chance))]),
  'with a hole': (file, chance) => {
    const at = position(file, chance);
    return Buffer.concat([file.subarray(0, at), file.subarray(at + 1 + chance.below(200))]);
  },
  'with flipped bytes': (file, chance) => {
    const flipped = Buffer.from(file);
    for (let n = chance.below(8); n >= 0; n -= 1) {
      const at = chance.below(flipped.length);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << chance.below(8));
    }
    return flipped;
  },
  'with repeated lines': (file, chance) => {
    const lines = linesOf(file);
    const at = chance.below(lines.length);
    return joined(lines.toSpliced(at, 0, ...lines.slice(at, at + 1 + chance.below(12))));
  },
  'with a line in another place': (file, chance) => {
    const lines = linesOf(file);
    const [moved = ''] = lines.splice(chance.below(lines.length), 1);
    return joined(lines.toSpliced(chance.below(lines.length + 1), 0, moved));
  },
  'without a line': (file, chance) => {
    const lines = linesOf(file);
    return joined(lines.toSpliced(chance.below(lines.length), 1));
  },
  'with broken folds': (file, chance) => {
    const fold = chance.pick(['\r\n ', '\n\t', '\r\n', '\r', '\n \n ', '\r\n\r\n ']);
    return inserted(file, position(file, chance), fold);
  },
  'in UTF-16': (file, chance) => {
    const text = file.toString('utf8');
    return Buffer.from(chance.below(2) === 0 ? `\ufeff${text}` : text, 'utf16le');
  },
  'in Latin-1': (file, chance) =>
    Buffer.from(
      file.toString('latin1').replace(/\r?\nSUMMARY:/, `$&Caf${chance.pick(['é', 'ÿ', '\u0085'])} `),
      'latin1',
    ),
  'encoded twice': (file) => Buffer.from(file.toString('latin1'), 'utf8'),
  'with odd text': (file, chance) => inserted(file, position(file, chance), chance.pick(ODD)),
  'with another number': (file, chance) => {
    const text = file.toString('latin1');
    const numbers = [...text.matchAll(/\d+/g)];
    if (numbers.length === 0) return file;
    const { index, 0: found } = chance.pick(numbers);
    const put = chance.pick(['0', '-1', '99999999999999999999', '00000000', '20270230', '1e9', '٣']);
    return Buffer.concat([
      Buffer.from(text.slice(0, index), 'latin1'),
      Buffer.from(put),
      Buffer.from(text.slice(index + found.length), 'latin1'),
    ]);
  },
  'with another property': (file, chance) => {
    const lines = linesOf(file);
    return joined(lines.toSpliced(chance.below(lines.length + 1), 0, `${chance.pick(PROPERTIES)}\r`));
  },
};

const ODD = [
  '\0',
  '\u007f',
  '\ufeff',
  '\u2028',
  '"',
  ';',
  ':',
  ',',
  '\\',
  '\\n',
  '^n',
  'TZID=',
  '=',
  '\u{1f600}',
  '\x80',
];

/** Lines that are wrong where they stand, or everywhere. */
export const PROPERTIES = [
  'RRULE:FREQ=SECONDLY',
  'RRULE:FREQ=DAILY;COUNT=99999999999',
  'RRULE:FREQ=DAILY;INTERVAL=0',
  'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
  'RRULE:RSCALE=CHINESE;FREQ=YEARLY',
  'RRULE:',
  'RDATE;VALUE=PERIOD:20270301T100000Z/PT0S,20270302T100000Z/20270301T100000Z',
  'RDATE:20270301',
  'EXDATE;VALUE=DATE:00000000',
  'EXDATE;TZID=Nowhere/Here:20270301T100000',
  'RECURRENCE-ID;RANGE=THISANDFUTURE:20270301T100000Z',
  'RECURRENCE-ID;VALUE=DATE:20270301',
  'DTSTART;TZID="":20270301T100000',
  'DTSTART:20270301T246060Z',
  'DTEND:19000101T000000Z',
  'DURATION:-PT1H',
  'DURATION:P999999999D',
  'DURATION:PT',
  'SEQUENCE:-1',
  'SEQUENCE:99999999999999999999',
  'LAST-MODIFIED:99999999T999999Z',
  'UID:',
  'UID:__proto__',
  'STATUS:NEEDS-ACTION',
  'TRANSP:MAYBE',
  'URL:javascript:alert(1)',
  'X-WR-TIMEZONE:Mars/Phobos',
  'METHOD:CANCEL',
  'BEGIN:VALARM',
  'END:VEVENT',
  'END:VCALENDAR',
  'no property at all',
  ';;;:::',
];

/** Returns a file that something happened to, and what. */
export function damage(file: Buffer, chance: Chance, other: Buffer): { bytes: Buffer; name: string } {
  const names: string[] = [];
  let bytes = file;
  for (let n = chance.below(3); n >= 0; n -= 1) {
    const name = chance.pick(Object.keys(DAMAGES));
    names.push(name);
    bytes = DAMAGES[name]!(bytes, chance, other);
    if (bytes.length === 0) break;
  }
  return { bytes, name: names.join(', ') };
}
