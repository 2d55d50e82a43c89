import type { Weekday } from '../time/calendar-day.js';

/*
 * Represents the days of a month as the bits of one integer. Bit 0 is the first of the month.
 */

/** Bits 0, 7, 14, 21 and 28: every seventh day from the first of a month. */
const EVERY_SEVENTH_DAY = 0x1020_4081;

/** Days counted from the end are set as for a month of 31 days. Shift them right for a shorter month. */
export function monthDayMasks(
  numbers: readonly number[] | undefined,
): { fromStart: number; fromEnd: number } | undefined {
  if (numbers === undefined) return undefined;
  let fromStart = 0;
  let fromEnd = 0;
  for (const number of numbers) {
    if (number > 0) fromStart |= 1 << (number - 1);
    else fromEnd |= 1 << (31 + number);
  }
  return { fromStart, fromEnd };
}

/** Returns one mask of the wanted weekdays for each weekday on which a month may begin. */
export function weekdayMasks(wanted: readonly Weekday[] | undefined): number[] | undefined {
  return (
    wanted &&
    [0, 1, 2, 3, 4, 5, 6].map((first) =>
      wanted.reduce<number>((mask, weekday) => mask | (EVERY_SEVENTH_DAY << ((weekday - first + 7) % 7)), 0),
    )
  );
}

/** Keeps only the bits from index `from` to index `to`. */
export function within(mask: number, from: number, to: number): number {
  const cutBelow = from <= 0 ? mask : mask & (-1 << from);
  return to >= 30 ? cutBelow : cutBelow & (0x7fff_ffff >>> (30 - to));
}

/** Counts the bits that are set: adds up pairs, then nibbles, then bytes. */
export function bitCount(mask: number): number {
  const pairs = mask - ((mask >>> 1) & 0x5555_5555);
  const nibbles = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
