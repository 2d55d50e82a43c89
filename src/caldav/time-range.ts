/** A half-open range, in epoch seconds. */
export interface TimeRange {
  from: number;
  to: number;
}

const UTC = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
/** Calendars of clients go no further, and beyond it is forever. */
const [EARLIEST, LATEST] = [Date.UTC(1000, 0, 1) / 1_000, Date.UTC(9000, 0, 1) / 1_000];

/** Reads a time in UTC, such as `20260601T080000Z`; null for any other text. Very far ones are endless. */
export function parseDavTime(text = ''): number | null {
  const time = UTC.test(text) ? Date.parse(text.replace(UTC, '$1-$2-$3T$4:$5:$6Z')) / 1_000 : NaN;
  if (Number.isNaN(time)) return null;
  if (time < EARLIEST) return -Infinity;
  return time > LATEST ? Infinity : time;
}
