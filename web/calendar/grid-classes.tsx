import type { CalendarOptions, DayHeaderInfo, SlotHeaderInfo } from 'fullcalendar';
import { zone } from '../state/session.js';
import { clockOfMinutes, shortClock, zoneOffset } from '../time/format.js';
import { wallTime } from '../time/zoned.js';

/** Our own classes on the parts of FullCalendar, which has no theme here. */
export const calendarClasses = (): CalendarOptions => ({
  dayHeaderClass: ({ isToday, inPopover }) => `dh-cell ${isToday ? 't' : ''} ${inPopover ? 'in-pop' : ''}`,
  dayHeaderContent: (info: DayHeaderInfo) => <DayHeading info={info} />,
  dayHeaderAlign: 'start',
  dayHeaderRowClass: 'dh-row',
  tableHeaderClass: 'thead',
  tableBodyClass: 'tbody',
  dayLaneClass: ({ dow, isToday }) => `lane ${dow === 0 || dow === 6 ? 'we' : ''} ${isToday ? 'td' : ''}`,
  dayCellClass: ({ dow, isToday, isOther, isPast }) =>
    `md ${dow === 0 || dow === 6 ? 'we' : ''} ${isToday ? 'td' : ''} ${isOther ? 'o' : ''} ${isPast ? 'past' : ''}`,
  dayRowClass: 'mrow',
  dayCellTopClass: 'd',
  dayCellTopInnerClass: ({ isToday }) => (isToday ? 'dn t' : 'dn'),
  slotLaneClass: ({ isMinor }) => (isMinor ? 'slot minor' : 'slot'),
  slotHeaderClass: ({ isMinor }) => (isMinor ? 'hour minor' : 'hour'),
  slotHeaderInnerClass: 'hl',
  allDayHeaderClass: 'ad',
  allDayHeaderInnerClass: 'ad-text',
  allDayDividerClass: 'ad-line',
  nowIndicatorLineClass: 'now',
  nowIndicatorDotClass: 'now-dot',
  nowIndicatorHeaderClass: 'nowl',
  nowIndicatorHeaderContent: () => shortClock(wallTime(Date.now(), zone.value)),
  moreLinkClass: 'mi more',
  popoverClass: 'pop day-pop',
  popoverCloseClass: 'ib s',
  highlightClass: 'picked',
});

function DayHeading({ info }: { info: DayHeaderInfo }) {
  if (info.inPopover) return <b>{info.text}</b>;
  const isMonth = info.view.type === 'dayGridMonth';
  return (
    <>
      {info.weekdayText || info.text} {!isMonth && <b>{info.dayNumberText}</b>}
    </>
  );
}

/** The hours beside the grid, in one zone or in two, without the one beside which the time of now is. */
export const axis = (zone: string, second: string | null, beside: number | null) => (info: SlotHeaderInfo) => {
  if (!info.time) return info.text;
  const minutes = info.time.milliseconds / 60_000;
  if (minutes === 0 || minutes === beside) return '';
  const own = clockOfMinutes(minutes);
  if (!second || second === zone) return own;
  const shifted = (minutes + offset(second) - offset(zone) + 2_880) % 1_440;
  return (
    <>
      <span class="second">{clockOfMinutes(shifted)}</span>
      {own}
    </>
  );
};

/** Minutes ahead of UTC now. */
function offset(zone: string): number {
  const [, sign, hours, minutes = '0'] = /GMT([+-])(\d+)(?::(\d+))?/.exec(zoneOffset(zone)) ?? [];
  return sign ? (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) : 0;
}
