import type { ParsedComponents, ParsedResult, ParsingOption, ParsingReference } from 'chrono-node';
import { casual } from 'chrono-node/en';
import { UsageError } from './cli-error.js';
import type { Point } from './when.js';
import { DAY_MS, dayText, moveWall } from './zones.js';

const PLACE = 'place/';
const placesOf = (read: ParsedComponents): number[] =>
  [...read.tags()].filter((tag) => tag.startsWith(PLACE)).map((tag) => Number(tag.slice(PLACE.length)));

/**
 * The package swaps the days of a range that ends before it starts. Each is marked with its place in the text, so that this
 * shows; again before each step, because some steps copy days without their marks.
 */
const english = casual.clone();
english.refiners = english.refiners.flatMap((refiner) => [
  {
    refine: (_, results) => {
      for (const { index, start } of results) if (placesOf(start).length === 0) start.addTag(`${PLACE}${index}`);
      return results;
    },
  },
  refiner,
]);

/** What the package finds in an English text. */
export const parseEnglish = (text: string, reference: ParsingReference, option: ParsingOption): ParsedResult[] =>
  english.parse(text, reference, option);

/** The start and the end as they are written, also when the second one comes first in time. */
export function inWrittenOrder({ start, end }: ParsedResult): {
  start: ParsedComponents;
  end: ParsedComponents | null;
} {
  if (!end) return { start, end: null };
  const isSwapped = Math.min(...placesOf(start)) > Math.min(...placesOf(end));
  return isSwapped ? { start: end, end: start } : { start, end };
}

/** Words between a start and an end. */
export const UNTIL = '(?:to|until|till|through)';
const START_AND_END = new RegExp(String.raw`^(.*)(?:\b${UNTIL}\b|[-–])(.*)$`, 'is');
const DAY_WORD =
  /\b(?:today|tomorrow|yesterday|(?:sun|mon|tue|wed|thu|fri|sat|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|\d+\s+(?:day|week|month|year)s?)\b|\d[-/]\d/i;

/** Whether the start and the end each have a day of their own. */
export function hasTwoDays(text: string): boolean {
  const [, first = '', second = ''] = START_AND_END.exec(text.replace(/\d{4}-\d\d-\d\d/g, 'today')) ?? [];
  return DAY_WORD.test(first) && DAY_WORD.test(second);
}

/** A longer range that crosses New Year without saying so is a mistake. */
const MAX_GUESSED_DAYS = 183;
const REVERSED = 'The end is before the start:';

/**
 * Refuses days in the wrong order, rather than guess what else was meant: a guess would be another year, or the two swapped.
 * “dec 30 to jan 2” crosses New Year; “dec 26 to dec 24” does not.
 *
 * @throws UsageError
 */
export function refuseReversed(start: Point, end: Point): void {
  const [from, to] = [start.wall.slice(0, 10), end.wall.slice(0, 10)];
  if (to < from) throw new UsageError(`${REVERSED} ${dayText(to)} is before ${dayText(from)}.`);
  const isGuessed = !start.hasYear || !end.hasYear;
  const crossesNewYear = to.slice(0, 4) > from.slice(0, 4) && end.wall.slice(5) <= start.wall.slice(5);
  if (!isGuessed || !crossesNewYear || Date.parse(to) - Date.parse(from) <= MAX_GUESSED_DAYS * DAY_MS) return;
  const [first, last] = [dayText(from).slice(4), dayText(to).slice(4)];
  throw new UsageError(
    `${REVERSED} ${last.slice(0, -5)} is not after ${first.slice(0, -5)}. For an end in the next year, write both years: ${first} to ${last}.`,
  );
}

/**
 * Refuses days of the week for which the package went back or on by a week: “monday to 3 december” on the Wednesday before
 * would be the Monday that is over, “friday 10:00 to friday 9:00” a week.
 *
 * @param today the date before which the start cannot be; null when it may be in the past
 * @throws UsageError
 */
export function refuseReversedWeek(
  [start, end]: [Point, Point],
  [readStart, readEnd]: [ParsedComponents, ParsedComponents],
  text: string,
  today: string | null,
): void {
  const [from, to] = [start.wall.slice(0, 10), end.wall.slice(0, 10)];
  if (isDayOfWeek(readStart) && today !== null && from < today) {
    throw new UsageError(`${REVERSED} ${dayText(to)} is before ${dayText(moveWall(from, { days: 7 }))}.`);
  }
  const isSameDay = [readStart, readEnd].every(isDayOfWeek) && readStart.get('weekday') === readEnd.get('weekday');
  if (isSameDay && to > from && !/\b(?:next|following|coming)\b/i.test(text)) {
    throw new UsageError(`${REVERSED} for an end a week later, write its date: ${dayText(to).slice(4)}.`);
  }
}

const isDayOfWeek = (read: ParsedComponents): boolean => read.isCertain('weekday') && !read.isCertain('day');

/** When it would last longer, an end before the start is a mistake rather than the next morning. */
const MAX_NIGHT_MS = 12 * 3_600_000;

/**
 * “22:00-01:00” ends on the next day. “10:00-9:00” is refused: who means 23 hours writes both days.
 *
 * @throws UsageError
 */
export function afterMidnight(start: Point, end: Point, text: string): Point {
  if (end.instant ?? start.instant) return end;
  if (hasTwoDays(text)) return end;
  const isBefore = end.wall.slice(11) <= start.wall.slice(11);
  if (!end.hasTime || !isBefore) return end;
  const next = moveWall(start.wall.slice(0, 10), { days: 1 });
  const wall = `${next}T${end.wall.slice(11)}`;
  if (Date.parse(`${wall}Z`) - Date.parse(`${start.wall}Z`) <= MAX_NIGHT_MS) return { ...end, wall };
  const [from, to] = [start, end].map((point) => point.wall.slice(11, 16));
  throw new UsageError(
    `${to} is not after ${from}. For an end on the next day, write that day: ${dayText(start.wall).slice(4)} ${from} to ${dayText(next).slice(4)} ${to}.`,
  );
}
