import { describe, expect, it } from 'vitest';
import { parseLocalTime } from '../time/local-time.js';
import { parseRrule } from './rrule-text.js';
import { ruleInWords } from './words.js';
import { endAloneInWords } from './words-end.js';

/** 2 June 2026 is a Tuesday. */
const context = { start: parseLocalTime('2026-06-02T10:00'), zone: 'Europe/Paris' };

describe('ruleInWords', () => {
  it.each([
    ['FREQ=DAILY', 'every day'],
    ['FREQ=DAILY;INTERVAL=12;COUNT=5', 'every 12th day, 5 times'],
    ['FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR', 'every weekday'],
    ['FREQ=DAILY;INTERVAL=3;BYDAY=MO,TU', 'every third day when it is a Monday or Tuesday'],
    ['FREQ=WEEKLY', 'every Tuesday'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;UNTIL=20260630', 'every second Tuesday until 30 June 2026'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,MO', 'every second week on Monday and Wednesday'],
    ['FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TU,WE,TH,FR', 'every third week on each weekday'],
    ['FREQ=WEEKLY;BYMONTH=6,7;BYHOUR=9,15;BYMINUTE=30', 'every Tuesday in June and July at 09:30 and 15:30'],
    ['FREQ=MONTHLY', 'every month on the 2nd'],
    ['FREQ=MONTHLY;BYMONTHDAY=15,-1', 'every month on the 15th and last day'],
    ['FREQ=MONTHLY;BYDAY=-1FR', 'every month on the last Friday'],
    ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13', 'every month on the 13th when it is a Friday'],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', 'every month on the last weekday'],
    ['FREQ=YEARLY', 'every year on 2 June'],
    ['FREQ=YEARLY;BYMONTH=11;BYDAY=4TH', 'every year on the fourth Thursday in November'],
    ['FREQ=YEARLY;BYDAY=20MO', 'every year on the 20th Monday of the year'],
    ['FREQ=YEARLY;BYWEEKNO=20,-1', 'every year on Tuesday in week 20 and the last week'],
    ['FREQ=YEARLY;BYYEARDAY=1,-1', 'every year on the 1st and last day of the year'],
    ['FREQ=WEEKLY;UNTIL=20261231T225959Z', 'every Tuesday until 31 December 2026'],
    ['FREQ=WEEKLY;UNTIL=20261231T090000Z', 'every Tuesday until 31 December 2026, 10:00'],
    ['FREQ=WEEKLY;COUNT=1', 'every Tuesday, once'],
  ])('%s: %s', (rrule, words) => {
    expect(ruleInWords(parseRrule(rrule), context)).toBe(words);
  });
});

describe('endAloneInWords', () => {
  it.each([
    ['FREQ=WEEKLY', ''],
    ['FREQ=WEEKLY;COUNT=1', 'after 1 occurrence'],
    ['FREQ=WEEKLY;COUNT=5', 'after 5 occurrences'],
    ['FREQ=WEEKLY;UNTIL=20260630', 'on 30 June 2026'],
    ['FREQ=WEEKLY;UNTIL=20261231T090000Z', 'on 31 December 2026, 10:00'],
  ])('%s: %s', (rrule, words) => {
    expect(endAloneInWords(parseRrule(rrule), context)).toBe(words);
  });
});
