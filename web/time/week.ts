import { addDays, weekday } from './zoned.js';

interface WeekInfo {
  firstDay: number;
}

/** The first day of the week where the reader is; 0 is Monday. */
export const firstDayOfWeek: number = (() => {
  const locale = new Intl.Locale(navigator.language) as Intl.Locale & {
    getWeekInfo?: () => WeekInfo;
    weekInfo?: WeekInfo;
  };
  const info = locale.getWeekInfo?.() ?? locale.weekInfo;
  return ((info?.firstDay ?? 1) + 6) % 7;
})();

export const startOfWeek = (day: string): string => addDays(day, -((weekday(day) - firstDayOfWeek + 7) % 7));
