import { describe, expect, it } from 'vitest';
import type { Edit } from '../../web/state/offline-edit.js';
import { localItem, withEdits } from '../../web/state/overlay.js';

const ME = { id: 'ana', username: 'ana' };
const AT = Date.UTC(2026, 5, 1);

const once = localItem(
  'once',
  { title: 'Once', start_time: '2026-06-01T09:00:00Z', end_time: '2026-06-01T10:00:00Z', time_zone: 'UTC' },
  ME,
  AT,
);

/** Three days of a series, as lists with expanded dates have them. */
const series = ['01', '02', '03'].map((day) => ({
  ...once,
  id: 'series',
  title: 'Daily',
  is_recurring: true,
  occurrence: {
    original_start: `2026-06-${day}T09:00:00.000Z`,
    start_time: `2026-06-${day}T09:00:00.000Z`,
    end_time: `2026-06-${day}T10:00:00.000Z`,
    is_override: false,
  },
})) as (typeof once)[];

const edit = (id: string, kind: Edit['kind'], change: object, target: Edit['target'] = {}): Edit =>
  ({ order: 1, userId: ME.id, key: 'key', subject: { ...once, id }, target, at: AT, held: null, kind, change }) as Edit;

const second = { occurrence: '2026-06-02T09:00:00.000Z' };
const starts = (items: (typeof once)[]) => items.map((item) => item.occurrence?.start_time ?? item.start_time);
const titles = (items: (typeof once)[]) => items.map(({ title }) => title);

describe('the calendar with edits that are not sent', () => {
  it('leaves what no edit is about as it is', () => {
    const items = [once, ...series];
    expect(withEdits(items, [], ME)).toBe(items);
    expect(withEdits(items, [edit('other', 'update', { title: 'Else' }), edit('other', 'remove', {})], ME)).toEqual(
      items,
    );
  });

  it('shows a new event as its own, with times of its zone', () => {
    const change = {
      title: 'New',
      start_time: '2026-06-01T09:00',
      end_time: '2026-06-01T10:00',
      time_zone: 'Europe/Paris',
    };
    const [shown] = withEdits([], [edit('local-1', 'create', change)], ME);
    expect(shown).toMatchObject({
      id: 'local-1',
      title: 'New',
      start_time: '2026-06-01T07:00:00.000Z',
      end_time: '2026-06-01T08:00:00.000Z',
      owner: ME,
      role: 'owner',
    });
  });

  it('applies edits of one event in their order', () => {
    const edits = [edit('once', 'update', { title: 'Twice' }), edit('once', 'update', { location: 'Room 1' })];
    expect(withEdits([once], edits, ME)).toEqual([{ ...once, title: 'Twice', location: 'Room 1' }]);
    expect(withEdits([once], [...edits, edit('once', 'remove', {})], ME)).toEqual([]);
  });

  it('changes nothing twice', () => {
    const edits = [
      edit('once', 'update', { title: 'Twice', start_time: '2026-06-01T11:00:00Z', end_time: '2026-06-01T12:00:00Z' }),
    ];
    const shown = withEdits([once], edits, ME);
    expect(withEdits(shown, edits, ME)).toEqual(shown);
  });

  it.each([
    ['this', ['Daily', 'Changed', 'Daily']],
    ['following', ['Daily', 'Changed', 'Changed']],
    ['all', ['Changed', 'Changed', 'Changed']],
  ] as const)('renames the dates that are meant by “%s”', (scope, expected) => {
    const shown = withEdits(series, [edit('series', 'update', { title: 'Changed' }, { ...second, scope })], ME);
    expect(titles(shown)).toEqual(expected);
  });

  it.each([
    ['this', ['01T09', '02T11', '03T09']],
    ['following', ['01T09', '02T11', '03T11']],
    ['all', ['01T11', '02T11', '03T11']],
  ] as const)('moves the dates that are meant by “%s” as far as the named one', (scope, expected) => {
    const change = { start_time: '2026-06-02T11:00:00Z', end_time: '2026-06-02T11:30:00Z' };
    const shown = withEdits(series, [edit('series', 'update', change, { ...second, scope })], ME);
    expect(starts(shown)).toEqual(expected.map((at) => `2026-06-${at}:00:00.000Z`));
    const moved = shown[1]!.occurrence!;
    expect(Date.parse(moved.end_time) - Date.parse(moved.start_time)).toBe(1_800_000);
    // The server names a date by where it was.
    expect(moved.original_start).toBe(second.occurrence);
  });

  it.each([
    ['this', ['01', '03']],
    ['following', ['01']],
    ['all', []],
  ] as const)('takes out the dates that are meant by “%s”', (scope, expected) => {
    const shown = withEdits(series, [edit('series', 'remove', {}, { ...second, scope })], ME);
    expect(starts(shown)).toEqual(expected.map((day) => `2026-06-${day}T09:00:00.000Z`));
  });

  it('keeps days as days, and makes an all-day event of a timed one', () => {
    const change = { all_day: true, start_time: '2026-06-04', end_time: '2026-06-06' };
    const [days] = withEdits([once], [edit('once', 'update', change)], ME);
    expect(days).toMatchObject(change);
    const [moved] = withEdits(
      [days!],
      [edit('once', 'update', { start_time: '2026-06-05', end_time: '2026-06-07' })],
      ME,
    );
    expect(moved).toMatchObject({ all_day: true, start_time: '2026-06-05', end_time: '2026-06-07' });
  });
});
