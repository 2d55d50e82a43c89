/** A time of this week’s Wednesday, which every view of the week shows. */
export const wednesday = (time: string): string => `${dayOfWeek(2)}T${time}:00`;

/**
 * The page of this week, on its Thursday. What is begun there lies in this week at any hour, and not on Wednesday: from the
 * present, an event that is begun late on Sunday would lie in the next week.
 */
export const thisWeek = (): string => `/calendar/week/${dayOfWeek(3)}`;

/** @param days after Monday */
function dayOfWeek(days: number): string {
  const day = new Date();
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7) + days);
  return day.toISOString().slice(0, 10);
}
