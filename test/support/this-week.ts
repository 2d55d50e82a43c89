/** A time of this week’s Wednesday, which every view of the week shows. */
export function wednesday(time: string): string {
  const day = new Date();
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7) + 2);
  return `${day.toISOString().slice(0, 10)}T${time}:00`;
}
