import { describe, expect, it } from 'vitest';
import { patternFromRule, readRule, ruleFromPattern } from './pattern.js';
import { TimeError } from '../time/time-error.js';
import { parseRrule } from './rrule-text.js';

describe('pattern', () => {
  it('reads back what it prints', () => {
    const pattern = {
      frequency: 'monthly' as const,
      interval: 2,
      by_month: [1, 6],
      by_month_day: [-1],
      by_day: ['MO', '-1FR'],
      by_hour: [9],
      by_minute: [30],
      by_second: [0],
      by_set_position: [1],
      until: '2026-12-31',
      week_start: 'SU',
    };
    expect(patternFromRule(ruleFromPattern(pattern))).toEqual(pattern);
    expect(readRule('FREQ=YEARLY;BYWEEKNO=1;BYYEARDAY=2;COUNT=3')).toEqual(
      ruleFromPattern({ frequency: 'yearly', by_week_number: [1], by_year_day: [2], count: 3, until: null }),
    );
  });

  it.each([
    ['2026-12-31', 'UNTIL=20261231'],
    ['2026-12-31T10:00:00', 'UNTIL=20261231T100000'],
    ['2026-12-31T10:00:00Z', 'UNTIL=20261231T100000Z'],
    ['2026-12-31T10:00:00+02:00', 'UNTIL=20261231T080000Z'],
  ])('until %s means %s', (until, text) => {
    expect(ruleFromPattern({ frequency: 'daily', until })).toEqual(parseRrule(`FREQ=DAILY;${text}`));
  });

  it.each([
    [null, ''],
    [42, ''],
    [[], ''],
    [{}, '/frequency'],
    [{ frequency: 1 }, '/frequency'],
    [{ frequency: 'hourly' }, '/frequency'],
    [{ frequency: 'daily', interval: '2' }, '/interval'],
    [{ frequency: 'daily', interval: 1e308 }, '/interval'],
    [{ frequency: 'daily', count: 0 }, '/count'],
    [{ frequency: 'daily', count: 1, until: '2026-12-31' }, '/until'],
    [{ frequency: 'daily', until: 5 }, '/until'],
    [{ frequency: 'daily', until: '2026-12-31T10:00:00+99:00' }, '/until'],
    [{ frequency: 'weekly', by_day: 'MO' }, '/by_day'],
    [{ frequency: 'weekly', by_day: [] }, '/by_day'],
    [{ frequency: 'weekly', by_day: Array(100_000).fill('MO') }, '/by_day'],
    [{ frequency: 'weekly', by_day: ['MO', '1MO'] }, '/by_day/1'],
    [{ frequency: 'weekly', by_day: ['MO', null] }, '/by_day/1'],
    [{ frequency: 'monthly', by_month_day: [1, 32] }, '/by_month_day/1'],
    [{ frequency: 'monthly', by_month_day: [1, '2'] }, '/by_month_day/1'],
    [{ frequency: 'daily', week_start: '1MO' }, '/week_start'],
    [{ frequency: 'daily', 'a/b~c': 1 }, '/a~1b~0c'],
    [JSON.parse('{"frequency":"daily","__proto__":{"interval":2}}'), '/__proto__'],
  ])('rejects %.60j at "%s"', (input, pointer) => {
    let caught: unknown;
    try {
      readRule(input);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(TimeError);
    expect((caught as TimeError).pointer).toBe(pointer);
  });
});
