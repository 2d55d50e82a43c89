import { describe, expect, it } from 'vitest';
import { parseRrule, printRrule, printRruleBesideStart } from './rrule-text.js';

describe('RRULE text', () => {
  it.each([
    'FREQ=DAILY',
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=10;WKST=SU',
    'FREQ=MONTHLY;BYDAY=-1FR,2TU;UNTIL=20261231',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29,-1;UNTIL=20261231T100000',
    'FREQ=YEARLY;BYWEEKNO=1,-1;BYDAY=MO;UNTIL=20261231T225959Z',
    'FREQ=YEARLY;BYYEARDAY=100,-1;BYSETPOS=-1',
    'FREQ=DAILY;BYHOUR=9,15;BYMINUTE=30;BYSECOND=0,60',
  ])('prints %s unchanged', (text) => {
    expect(printRrule(parseRrule(text))).toBe(text);
  });

  it('reads any case, a leading RRULE:, plus signs and a trailing semicolon', () => {
    expect(printRrule(parseRrule('rrule:freq=monthly;byday=+1mo;bymonthday=+2;'))).toBe(
      'FREQ=MONTHLY;BYMONTHDAY=2;BYDAY=1MO',
    );
  });

  it.each([
    ['FREQ=HOURLY', 'unsupported_frequency'],
    ['FREQ=DAILY;COUNT=2;UNTIL=20261231', 'count_with_until'],
    ['FREQ=DAILY;INTERVAL=0', 'interval_out_of_range'],
    ['FREQ=DAILY;INTERVAL=1001', 'interval_out_of_range'],
    ['FREQ=DAILY;COUNT=1000000000', 'count_out_of_range'],
    ['FREQ=DAILY;FOO=1', 'unknown_rule_part'],
    ['RSCALE=CHINESE;FREQ=YEARLY', 'unsupported_calendar'],
    ['FREQ=WEEKLY;BYDAY=1MO', 'part_not_allowed'],
    ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO', 'part_not_allowed'],
    ['FREQ=MONTHLY;BYYEARDAY=1', 'part_not_allowed'],
    ['FREQ=WEEKLY;BYMONTHDAY=1', 'part_not_allowed'],
    ['FREQ=DAILY;BYSETPOS=1', 'part_not_allowed'],
    ['FREQ=MONTHLY;BYMONTHDAY=32', 'value_out_of_range'],
    ['FREQ=MONTHLY;BYMONTHDAY=0', 'value_out_of_range'],
    ['FREQ=DAILY;UNTIL=20260230', 'invalid_time'],
    ['FREQ=DAILY;FREQ=DAILY', 'invalid_rule'],
    ['FREQ=DAILY;COUNT=1.5', 'invalid_rule'],
    ['FREQ=WEEKLY;BYDAY=MO=;COUNT=3', 'invalid_rule'],
    ['COUNT=3', 'invalid_rule'],
    ['', 'invalid_rule'],
    ['FREQ=DAILY;'.repeat(10_000), 'invalid_rule'],
  ])('rejects %.40s: %s', (text, code) => {
    expect(() => parseRrule(text)).toThrow(expect.objectContaining({ code, pointer: '' }));
  });

  it.each([
    ['a zoned series', 'UNTIL=20261231', { zone: 'Europe/Paris', allDay: false }, 'UNTIL=20261231T225959Z'],
    ['a zoned series', 'UNTIL=20261231T100000', { zone: 'Europe/Paris', allDay: false }, 'UNTIL=20261231T090000Z'],
    ['a zoned series', 'UNTIL=20261231T090000Z', { zone: 'Europe/Paris', allDay: false }, 'UNTIL=20261231T090000Z'],
    ['an all-day series', 'UNTIL=20261231', { zone: 'Europe/Paris', allDay: true }, 'UNTIL=20261231'],
    ['an all-day series', 'UNTIL=20261231T233000Z', { zone: 'Europe/Paris', allDay: true }, 'UNTIL=20270101'],
    ['a floating series', 'UNTIL=20261231', { zone: null, allDay: false }, 'UNTIL=20261231T235959'],
  ])('in %s, prints %s in the form that RFC 5545 requires', (_, until, start, expected) => {
    expect(printRruleBesideStart(parseRrule(`FREQ=DAILY;${until}`), start)).toBe(`FREQ=DAILY;${expected}`);
  });
});
