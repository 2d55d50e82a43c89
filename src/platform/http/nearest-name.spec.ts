import { describe, expect, it } from 'vitest';
import { nearestName } from './nearest-name.js';

const KNOWN = ['title', 'start_time', 'end_time', 'time_zone', 'description', 'url', 'show_as', 'recurrence_pattern'];

describe('nearestName', () => {
  it.each([
    ['startTime', 'start_time'],
    ['Start-Time', 'start_time'],
    ['titel', 'title'],
    ['descripton', 'description'],
    ['timezone', 'time_zone'],
    ['start', 'start_time'],
    ['end', 'end_time'],
    ['recurrence', 'recurrence_pattern'],
  ])('takes %s for %s', (unknown, meant) => expect(nearestName(unknown, KNOWN)).toBe(meant));

  it('prefers a beginning to two other letters', () =>
    expect(nearestName('start', ['sort', 'start_date'])).toBe('start_date'));

  it.each(['colour', 'attendees', 'u', 't', '', '日本', 'a'.repeat(100)])('takes “%s” for nothing', (unknown) =>
    expect(nearestName(unknown, KNOWN)).toBeNull(),
  );
});
