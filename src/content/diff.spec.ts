import { describe, expect, it } from 'vitest';
import { contentOf } from '../../test/support/contents.js';
import { compareContents, compareWithNothing, type PatchOperation } from './diff.js';
import type { EventContent } from './event-content.js';
import { renderDifference } from './render-difference.js';
import { wireContent } from './wire.js';

const MEETING = contentOf({ title: 'Team Meeting', location: 'Room 4' });
const SERIES = contentOf({ title: 'Standup', recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO' }, 'Europe/Paris');

describe('compareContents', () => {
  it('is nothing between equal states', () => {
    expect(compareContents(MEETING, structuredClone(MEETING))).toEqual({ changes: {}, patch: [], summary: [] });
  });

  it('returns what was added, removed and changed', () => {
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

  it('treats an empty list as no value', () => {
    const shorter = { ...SERIES, excluded: ['2026-06-08T10:00:00'] };
    expect(compareContents(SERIES, shorter).changes.excluded?.type).toBe('added');
    expect(compareContents(shorter, SERIES).changes.excluded?.type).toBe('removed');
  });

  it('compares the first state with nothing: defaults are not changes', () => {
    const { changes, patch } = compareContents(null, { ...MEETING, description: 'Pizza' });
    expect(Object.keys(changes)).toEqual(['title', 'description', 'location', 'start_time', 'end_time', 'time_zone']);
    expect(changes.title).toEqual({ from: null, to: 'Team Meeting', type: 'added' });
    // `add` sets a member whether it is there or not (RFC 6902 §4.1); `replace` of nothing would fail.
    expect(new Set(patch.map(({ op }) => op))).toEqual(new Set(['add']));
    expect(compareWithNothing(MEETING)).toMatchObject({
      changes: { title: { from: 'Team Meeting', to: null, type: 'removed' } },
      summary: ['Everything removed'],
    });
  });

  it('is inverted in the other order', () => {
    const after: EventContent = { ...MEETING, title: 'Lunch', showAs: 'free', deletedAt: new Date(0) };
    const apply = (state: EventContent, patch: PatchOperation[]): object =>
      patch.reduce((result, { path, value }) => ({ ...result, [path.slice(1)]: value }), wireContent(state));
    expect(apply(MEETING, compareContents(MEETING, after).patch)).toEqual(wireContent(after));
    expect(apply(after, compareContents(after, MEETING).patch)).toEqual(wireContent(MEETING));
  });

  it('quotes only the beginning of a long text in the summary, and all of it in the change', () => {
    const description = 'x'.repeat(20_000);
    const { changes, summary } = compareContents(MEETING, { ...MEETING, description });
    expect(summary).toEqual([`Description set to “${'x'.repeat(80)}…”`]);
    expect(changes.description?.to).toBe(description);
  });
});

describe('renderDifference', () => {
  const render = (before: EventContent | null, after: EventContent): string[] =>
    renderDifference(before, after, compareContents(before, after).changes).split('\n');

  it('is a block for each field', () => {
    const after = { ...MEETING, title: 'Lunch', description: 'Bring\nplates', showAs: 'free' as const };
    expect(render(MEETING, after)).toEqual([
      ...['Title', '- Team Meeting', '+ Lunch', ''],
      ...['Description', '+ Bring', '+ plates', ''],
      ...['Shown as', '- busy', '+ free'],
    ]);
  });

  it('compares texts line by line, with the lines around each change', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `Line ${index + 1}`);
    const text = (changed: Record<number, string>): string =>
      lines.map((line, index) => changed[index + 1] ?? line).join('\n');
    const before = { ...MEETING, description: text({}) };
    const after = { ...MEETING, description: `${text({ 3: 'Third line', 19: 'Nineteenth line' })}\nLine 21` };
    expect(render(before, after)).toEqual([
      ...['Description', '  Line 1', '  Line 2', '- Line 3', '+ Third line', '  Line 4', '  Line 5'],
      ...['… 11 unchanged lines', '  Line 17', '  Line 18'],
      ...['- Line 19', '+ Nineteenth line', '  Line 20', '+ Line 21'],
    ]);
  });

  it('ignores the kind of line breaks, unless nothing else changed', () => {
    const before = { ...MEETING, description: 'One\nTwo' };
    expect(render(before, { ...MEETING, description: 'One\r\nThree' })).toEqual([
      ...['Description', '  One', '- Two', '+ Three'],
    ]);
    expect(render(before, { ...MEETING, description: 'One\r\nTwo' })).toEqual([
      ...['Description', '- One\\u{000A}', '+ One\\u{000D}\\u{000A}', '  Two'],
    ]);
  });

  it('lists the dates and occurrences that changed, in words, and the last day of an all-day event', () => {
    const override = { original: '2026-06-15T10:00:00', title: 'Retro', location: null, start: '2026-06-16T15:00:00' };
    const after = { ...SERIES, excluded: ['2026-06-08T10:00:00'], overrides: [override] };
    expect(render({ ...SERIES, excluded: ['2026-06-22T10:00:00'] }, after)).toEqual([
      ...['Excluded dates', '- Monday, 22 June 2026, 10:00', '+ Monday, 8 June 2026, 10:00', ''],
      'Changed occurrences',
      '+ Monday, 15 June 2026, 10:00: Tuesday, 16 June 2026, 15:00–16:00; title “Retro”; no location',
    ]);
    const fair = contentOf({ start_time: '2026-06-09', end_time: '2026-06-12', all_day: true });
    const longer = contentOf({ start_time: '2026-06-09', end_time: '2026-06-13', all_day: true });
    expect(render(fair, longer)).toEqual(['End', '- Thursday, 11 June 2026', '+ Friday, 12 June 2026']);
  });

  it('names the zone of times when two are in play', () => {
    const tokyo = contentOf({ title: 'Team Meeting', location: 'Room 4', time_zone: 'Asia/Tokyo' });
    expect(render(MEETING, tokyo)).toEqual([
      ...['Start', '- Monday, 1 June 2026, 10:00 (UTC)', '+ Monday, 1 June 2026, 10:00 (Asia/Tokyo)', ''],
      ...['End', '- Monday, 1 June 2026, 11:00 (UTC)', '+ Monday, 1 June 2026, 11:00 (Asia/Tokyo)', ''],
      ...['Time zone', '- UTC', '+ Asia/Tokyo'],
    ]);
  });

  it('escapes what would forge lines, colours or direction', () => {
    const forged = 'Lunch\r\nTitle\u2028+ Dinner\u001b[31m\u202eevil\u0085\u0000';
    expect(render(MEETING, { ...MEETING, title: forged })).toEqual([
      ...['Title', '- Team Meeting', '+ Lunch', '+ Title\\u{2028}+ Dinner\\u{001B}[31m\\u{202E}evil\\u{0085}\\u{0000}'],
    ]);
    for (const line of render(MEETING, { ...MEETING, description: 'Version 1 to version 9\n\nTitle\n- a' }).slice(1)) {
      expect(line).toMatch(/^\+ /);
    }
  });
});
