/** Everything here takes an instant as a `Date`, or as a text with `Z` or an offset, and a zone by its IANA name. */
export type Instant = Date | string;

export interface WallTimeOptions {
  /** Which one is meant of a wall time that the clocks show twice: the `first`, as the server decides, or the `second`. */
  overlap?: 'first' | 'second' | undefined;
}

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The parts of a wall time, as numbers. @throws RangeError when the zone is unknown */
function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    const all = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const; // prettier-ignore
    format = new Intl.DateTimeFormat('en-US', {
      ...all,
      era: 'short',
      hourCycle: 'h23',
      timeZone: zone,
      calendar: 'gregory',
    });
    formats.set(zone, format);
  }
  return format;
}

/** Milliseconds by which the clocks of the zone are ahead of UTC at an instant. */
export function offsetAt(instant: Instant, zone: string): number {
  const at = toMs(instant);
  const part: Record<string, string> = {};
  for (const { type, value } of formatOf(zone).formatToParts(at)) part[type] = value;
  const year = part['era'] === 'BC' ? 1 - Number(part['year']) : Number(part['year']);
  const wall = new Date(0);
  wall.setUTCFullYear(year, Number(part['month']) - 1, Number(part['day']));
  wall.setUTCHours(Number(part['hour']), Number(part['minute']), Number(part['second']));
  return wall.getTime() - Math.floor(at / 1_000) * 1_000;
}

/** What the clocks of the zone show at an instant: `2026-06-01T10:00:00`, for a `datetime-local` field for example. */
export function toLocal(instant: Instant, zone: string): string {
  const at = toMs(instant);
  return new Date(at + offsetAt(new Date(at), zone)).toISOString().slice(0, 19);
}

/**
 * The instant at which the clocks of the zone show a wall time, as UTC with `Z`. As on the server, a wall time that the
 * clocks skip is moved forward by the gap, and one that they show twice is the first.
 *
 * @param wall `2026-06-01T10:00`, with or without seconds, or a date: its midnight
 * @throws RangeError when it is not a wall time, or the zone is unknown
 */
export function toInstant(wall: string, zone: string, { overlap = 'first' }: WallTimeOptions = {}): string {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?)?$/.test(wall)) throw new RangeError(`Not a wall time: ${wall}`);
  const utc = toMs(wall.length === 10 ? `${wall}T00:00Z` : `${wall}Z`);
  // The offsets around it; no zone changes its clocks twice within two days.
  const [before, after] = [offsetAt(new Date(utc - DAY), zone), offsetAt(new Date(utc + DAY), zone)];
  const fits = [before, after].filter((offset) => offsetAt(new Date(utc - offset), zone) === offset);
  // In a gap the offset from before it moves the time forward.
  const offset = (overlap === 'second' ? fits.at(-1) : fits[0]) ?? before;
  return new Date(utc - offset).toISOString().replace('.000Z', 'Z');
}

/** The instant as people read it: `1 June 2026 at 10:00` and the like, in their language. */
export function formatInstant(
  instant: Instant,
  zone: string,
  options: Intl.DateTimeFormatOptions & { locale?: string | undefined } = { dateStyle: 'medium', timeStyle: 'short' },
): string {
  const { locale, ...style } = options;
  return new Intl.DateTimeFormat(locale, { ...style, timeZone: zone }).format(toMs(instant));
}

/**
 * Start and end of an event as people read them, or of the occurrence that an item of an expanded list is. The dates of an
 * all-day event are the same in every zone.
 */
export function formatEvent(
  event: {
    start_time: string;
    end_time: string;
    all_day?: boolean;
    occurrence?: { start_time: string; end_time: string };
  },
  zone: string,
  { locale, ...style }: Intl.DateTimeFormatOptions & { locale?: string | undefined } = {},
): string {
  const { start_time, end_time } = event.occurrence ?? event;
  const { all_day } = event;
  const given = Object.keys(style).length > 0;
  if (all_day) {
    const format = new Intl.DateTimeFormat(locale, { ...(given ? style : { dateStyle: 'medium' }), timeZone: 'UTC' });
    // The end of the event is exclusive, that of the text is not.
    return format.formatRange(toMs(`${start_time}T00:00Z`), toMs(`${end_time}T00:00Z`) - DAY);
  }
  const usual = { dateStyle: 'medium', timeStyle: 'short' } as const;
  const format = new Intl.DateTimeFormat(locale, { ...(given ? style : usual), timeZone: zone });
  return format.formatRange(toMs(start_time), toMs(end_time));
}

/** The zone of this machine, such as `Europe/Paris`. */
export function localZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function toMs(instant: Instant): number {
  const at = new Date(instant).getTime();
  if (Number.isNaN(at)) throw new RangeError(`Not an instant: ${String(instant)}`);
  return at;
}
