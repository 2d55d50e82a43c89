import { describe, expect, it } from 'vitest';
import { EMPTY_CONTENT, type EventContent } from './event-content.js';
import { CONTENT_FIELDS, fieldOf } from './fields.js';
import { wireContent } from './wire.js';
import { type ContentInput, draftContent, mayChangeTime } from './draft.js';

const MEETING = {
  title: 'Team Meeting',
  description: 'Weekly sync',
  location: 'Room 4',
  start_time: '2026-06-01T10:00:00',
  end_time: '2026-06-01T11:00:00',
};

function draft(input: ContentInput, current: EventContent | null = null, zone = 'UTC'): EventContent {
  const draft = draftContent(input, current, zone);
  if ('errors' in draft) throw new Error(JSON.stringify(draft.errors));
  return draft.content;
}

describe('a new event', () => {
  it('is busy, happens once, and has nothing that was not given', () => {
    const { start_time, end_time } = MEETING;
    const content = draft({ title: 'x', start_time, end_time });
    expect(content).toMatchObject({
      title: 'x',
      description: null,
      location: null,
      startTime: new Date('2026-06-01T10:00:00Z'),
      endTime: new Date('2026-06-01T11:00:00Z'),
      localStart: '2026-06-01T10:00:00',
      localEnd: '2026-06-01T11:00:00',
      timeZone: 'UTC',
      allDay: false,
      rrule: null,
      excluded: [],
      added: [],
      overrides: [],
      showAs: 'busy',
      deletedAt: null,
    });
    const unset = CONTENT_FIELDS.filter((name) => fieldOf(name).empty !== undefined);
    const wire = wireContent(content);
    expect(Object.fromEntries(unset.map((name) => [name, wire[name]]))).toEqual(EMPTY_CONTENT);
  });

  it('takes the zone of its caller unless it names one', () => {
    expect(draft(MEETING, null, 'Europe/Paris').timeZone).toBe('Europe/Paris');
    expect(draft({ ...MEETING, time_zone: 'Asia/Tokyo' }, null, 'Europe/Paris').timeZone).toBe('Asia/Tokyo');
  });

  it('reports what is wrong with its times before asking for its recurrence', () => {
    const input = { ...MEETING, end_time: MEETING.start_time, is_recurring: true };
    expect(draftContent(input, null, 'UTC')).toEqual({
      errors: [expect.objectContaining({ pointer: '/end_time', code: 'end_not_after_start' })],
    });
  });
});

describe('a changed event', () => {
  const current = { ...draft({ ...MEETING, recurrence_pattern: 'FREQ=DAILY;COUNT=3' }), deletedAt: null };

  it('keeps everything that was not named', () => {
    expect(draft({}, current)).toEqual(current);
    expect(draft({ title: 'Lunch' }, current)).toEqual({ ...current, title: 'Lunch' });
    expect(draft({ show_as: 'free' }, current)).toEqual({ ...current, showAs: 'free' });
  });

  it('clears what is null or empty, where that is allowed', () => {
    expect(draft({ description: null, location: '' }, current)).toEqual({
      ...current,
      description: null,
      location: null,
    });
  });

  it('keeps its recurrence when only its times move', () => {
    const moved = draft({ start_time: '2026-06-01T12:00:00', end_time: '2026-06-01T13:00:00' }, current);
    expect(moved).toMatchObject({ rrule: current.rrule, localStart: '2026-06-01T12:00:00' });
  });

  it('does not change what it was made from', () => {
    const before = structuredClone(current);
    draft({ title: 'Lunch', recurrence_pattern: null, start_time: '2026-06-01T09:00:00' }, current);
    expect(current).toEqual(before);
  });
});

describe('mayChangeTime', () => {
  it.each([
    'start_time',
    'end_time',
    'time_zone',
    'all_day',
    'is_recurring',
    'recurrence_pattern',
    'excluded',
    'added',
  ])('is true for %s', (field) => {
    expect(mayChangeTime({ [field]: null })).toBe(true);
  });

  it('is true for show_as, and false for texts', () => {
    expect(mayChangeTime({ show_as: 'free' })).toBe(true);
    expect(mayChangeTime({ title: 'x', description: null, location: 'y' })).toBe(false);
    expect(mayChangeTime({})).toBe(false);
  });
});
