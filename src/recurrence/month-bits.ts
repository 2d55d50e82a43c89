import type { Weekday } from '../time/calendar-day.js';

/*
 * The days of a month as bits of one integer: bit 0 is the first.
 */

/** Bits 0, 7, 14, 21 and 28: every seventh day from the first of a month. */
const EVERY_SEVENTH_DAY = 0x1020_4081;

/** Days counted from the end are set as for a month of 31, and shifted right for the shorter ones. */
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

/** For each weekday a month may begin on, the mask of the wanted weekdays. */
export function weekdayMasks(wanted: readonly Weekday[] | undefined): number[] | undefined {
  return (
    wanted &&
    [0, 1, 2, 3, 4, 5, 6].map((first) =>
      wanted.reduce<number>((mask, weekday) => mask | (EVERY_SEVENTH_DAY << ((weekday - first + 7) % 7)), 0),
    )
  );
}

/** Only the bits from index `from` to index `to`. */
export function within(mask: number, from: number, to: number): number {
  const cutBelow = from <= 0 ? mask : mask & (-1 << from);
  return to >= 30 ? cutBelow : cutBelow & (0x7fff_ffff >>> (30 - to));
}

/** Adds up neighbouring bits, then pairs, then nibbles, then bytes. */
export function bitCount(mask: number): number {
  const pairs = mask - ((mask >>> 1) & 0x5555_5555);
  const nibbles = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
