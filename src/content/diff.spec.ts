import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentOf } from '../../test/support/contents.js';
import type { WireContent } from './event-content.js';
import { compareContents, renderDifference } from './diff.js';
import { compareTexts } from './text-diff.js';
import { wireContent } from './wire.js';

const MEETING = wireContent(contentOf({ title: 'Team Meeting', location: 'Room 4' }));

describe('difference', () => {
  it('is nothing between equal states', () => {
    expect(compareContents(MEETING, structuredClone(MEETING))).toEqual({ changes: {}, patch: [], summary: [] });
  });

  it('tells what was added, removed and changed', () => {
    const after = { ...MEETING, title: 'Lunch', description: 'Pizza', location: null };
    expect(compareContents(MEETING, after)).toEqual({
      changes: {
        title: {
          from: 'Team Meeting',
          to: 'Lunch',
          type: 'changed',
          text: [
            { op: 'delete', text: 'Team Meeting' },
            { op: 'insert', text: 'Lunch' },
          ],
        },
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
    expect(compareContents(MEETING, { ...MEETING, excluded }).changes.excluded?.type).toBe('added');
    expect(compareContents({ ...MEETING, excluded }, MEETING).changes.excluded?.type).toBe('removed');
  });

  it('compares patterns by what they say, not by the order of their keys', () => {
    const one = { ...MEETING, is_recurring: true, recurrence_pattern: { frequency: 'daily' as const, interval: 1 } };
    const other = { ...one, recurrence_pattern: { interval: 1, frequency: 'daily' as const } };
    expect(compareContents(one, other).changes).toEqual({});
    expect(compareContents(MEETING, one).summary).toEqual(['Now repeats every day']);
  });

  it('compares the first state with nothing: defaults are no change', () => {
    expect(Object.keys(compareContents(null, MEETING).changes)).toEqual([
      'title',
      'location',
      'start_time',
      'end_time',
      'time_zone',
    ]);
    expect(compareContents(null, MEETING).changes.title).toEqual({ from: null, to: 'Team Meeting', type: 'added' });
    const pizza = compareContents(null, { ...MEETING, description: 'Pizza' }).patch;
    // `add` sets a member whether it is there or not (RFC 6902 §4.1); `replace` of nothing would fail.
    expect(new Set(pizza.map(({ op }) => op))).toEqual(new Set(['add']));
  });

  it('leads back in the other order', () => {
    const after = { ...MEETING, title: 'Lunch', show_as: 'free' as const, deleted: true };
    const apply = (state: WireContent, patch: { path: string; value?: unknown }[]): WireContent =>
      patch.reduce((result, { path, value }) => ({ ...result, [path.slice(1)]: value }), state);
    expect(apply(MEETING, compareContents(MEETING, after).patch)).toEqual(after);
    expect(apply(after, compareContents(after, MEETING).patch)).toEqual(MEETING);
  });

  it('quotes only the beginning of a long text in the summary, and all of it in the change', () => {
    const description = 'x'.repeat(20_000);
    const { changes, summary } = compareContents(MEETING, { ...MEETING, description });
    expect(summary).toEqual([`Description set to “${'x'.repeat(80)}…”`]);
    expect(changes.description?.to).toBe(description);
  });

  it('compares texts word by word', () => {
    const [before, after] = [
      { ...MEETING, title: 'Weekly team meeting' },
      { ...MEETING, title: 'Weekly board meeting' },
    ];
    expect(compareContents(before, after).changes.title?.text).toEqual([
      { op: 'equal', text: 'Weekly ' },
      { op: 'delete', text: 'team' },
      { op: 'insert', text: 'board' },
      { op: 'equal', text: ' meeting' },
    ]);
  });

  it('speaks of times in the zone of the event', () => {
    const paris = { ...MEETING, time_zone: 'Europe/Paris' };
    const later = { ...paris, start_time: '2026-06-01T12:00:00Z' };
    expect(compareContents(paris, later).summary).toEqual([
      'Start changed from “Monday, 1 June 2026, 12:00” to “Monday, 1 June 2026, 14:00”',
    ]);
  });

  it('names what changed in a recurrence, and the dates that come and go', () => {
    const weekly = (by_day: string[], until?: string): Partial<WireContent> => ({
      is_recurring: true,
      recurrence_pattern: { frequency: 'weekly', interval: 1, by_day, ...(until ? { until } : {}) },
    });
    const before = { ...MEETING, ...weekly(['MO']) };
    const after = { ...MEETING, ...weekly(['TU'], '2026-06-30'), excluded: ['2026-06-09T10:00:00Z'] };
    expect(compareContents(before, after).summary).toEqual([
      'Now every Tuesday instead of Monday; ends 30 June 2026',
      'Tuesday, 9 June 2026, 10:00 no longer takes place',
    ]);
  });

  it('tells which occurrences got something of their own', () => {
    const overrides = [
      { original_start: '2026-06-08T10:00:00Z', start_time: '2026-06-09T15:00:00Z', end_time: '2026-06-09T16:00:00Z' },
      { original_start: '2026-06-15T10:00:00Z', title: 'Special' },
    ];
    const { summary } = compareContents(MEETING, { ...MEETING, overrides });
    expect(summary).toEqual([
      'The occurrence of Monday, 8 June 2026, 10:00 was moved to Tuesday, 9 June 2026, 15:00',
      'The occurrence of Monday, 15 June 2026, 10:00 has its own title',
    ]);
    expect(compareContents({ ...MEETING, overrides }, MEETING).summary[0]).toBe(
      'The occurrence of Monday, 8 June 2026, 10:00 is as in the series again',
    );
  });
});

describe('renderDifference', () => {
  it('is a block for each field', () => {
    const after = { ...MEETING, title: 'Lunch', description: 'Bring\nplates', show_as: 'free' as const };
    expect(renderDifference(MEETING, after, compareContents(MEETING, after))).toBe(
      [
        'Title',
        '- Team Meeting',
        '+ Lunch',
        '',
        'Description',
        '+ Bring',
        '+ plates',
        '',
        'Shown as',
        '- busy',
        '+ free',
      ].join('\n'),
    );
  });
});

describe('textDifference', () => {
  it('gives both texts back, whatever they are', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (from, to) => {
        const operations = compareTexts(from, to);
        const without = (op: string): string =>
          operations
            .filter((part) => part.op !== op)
            .map((part) => part.text)
            .join('');
        expect([without('insert'), without('delete')]).toEqual([from, to]);
      }),
    );
  });

  it('answers for texts without anything in common, of any length', () => {
    const [from, to] = ['a', 'b'].map((letter) =>
      Array.from({ length: 5_000 }, (_, index) => `${letter}${index}`).join(' '),
    );
    const joined = compareTexts(from!, to!)
      .filter(({ op }) => op !== 'insert')
      .map(({ text }) => text)
      .join('');
    expect(joined).toBe(from);
  });
});
