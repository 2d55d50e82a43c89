import { describe, expect, it } from 'vitest';
import type { WireContent } from '../events/event-content.js';
import { difference } from './diff.js';

const MEETING: WireContent = {
  title: 'Team Meeting',
  description: null,
  location: 'Room 4',
  start_time: '2026-06-01T10:00:00Z',
  end_time: '2026-06-01T11:00:00Z',
  time_zone: 'UTC',
  all_day: false,
  is_recurring: false,
  recurrence_pattern: null,
  excluded: [],
  added: [],
  overrides: [],
  show_as: 'busy',
  deleted: false,
};

describe('difference', () => {
  it('is nothing between equal states', () => {
    expect(difference(MEETING, structuredClone(MEETING))).toEqual({ changes: {}, patch: [], summary: [] });
  });

  it('tells what was added, removed and changed', () => {
    const after = { ...MEETING, title: 'Lunch', description: 'Pizza', location: null };
    expect(difference(MEETING, after)).toEqual({
      changes: {
        title: { from: 'Team Meeting', to: 'Lunch', type: 'changed' },
        description: { from: null, to: 'Pizza', type: 'added' },
        location: { from: 'Room 4', to: null, type: 'removed' },
      },
      patch: [
        { op: 'replace', path: '/title', value: 'Lunch' },
        { op: 'replace', path: '/description', value: 'Pizza' },
        { op: 'replace', path: '/location', value: null },
      ],
      summary: [
        'Title changed from “Team Meeting” to “Lunch”',
        'Description set to “Pizza”',
        'Location removed (was “Room 4”)',
      ],
    });
  });

  it('takes an empty list for nothing', () => {
    const excluded = ['2026-06-02T10:00:00Z'];
    expect(difference(MEETING, { ...MEETING, excluded }).changes.excluded?.type).toBe('added');
    expect(difference({ ...MEETING, excluded }, MEETING).changes.excluded?.type).toBe('removed');
  });

  it('compares patterns by what they say, not by the order of their keys', () => {
    const one = { ...MEETING, is_recurring: true, recurrence_pattern: { frequency: 'daily' as const, interval: 1 } };
    const other = { ...one, recurrence_pattern: { interval: 1, frequency: 'daily' as const } };
    expect(difference(one, other).changes).toEqual({});
    expect(difference(MEETING, one).summary).toEqual([
      'Recurring changed from no to yes',
      'Recurrence: now repeats every day',
    ]);
  });

  it('compares the first state with nothing: defaults are no change', () => {
    expect(Object.keys(difference(null, MEETING).changes)).toEqual([
      'title',
      'location',
      'start_time',
      'end_time',
      'time_zone',
    ]);
    expect(difference(null, MEETING).changes.title).toEqual({ from: null, to: 'Team Meeting', type: 'added' });
  });

  it('leads back in the other order', () => {
    const after = { ...MEETING, title: 'Lunch', show_as: 'free' as const, deleted: true };
    const apply = (state: WireContent, patch: { path: string; value: unknown }[]): WireContent =>
      patch.reduce((result, { path, value }) => ({ ...result, [path.slice(1)]: value }), state);
    expect(apply(MEETING, difference(MEETING, after).patch)).toEqual(after);
    expect(apply(after, difference(after, MEETING).patch)).toEqual(MEETING);
  });

  it('quotes only the beginning of a long text in the summary, and all of it in the change', () => {
    const description = 'x'.repeat(20_000);
    const { changes, summary } = difference(MEETING, { ...MEETING, description });
    expect(summary).toEqual([`Description set to “${'x'.repeat(80)}…”`]);
    expect(changes.description?.to).toBe(description);
  });
});
