import { describe, expect, it } from 'vitest';
import { contentOf } from '../../test/support/contents.js';
import type { EventContent } from './event-content.js';
import { findChangedFields, changesTime, wireContent, wireRrule } from './wire.js';
import type { StoredOverride } from './fields.js';
import { fromSnapshot, toSnapshot } from './snapshot.js';

const weekly = contentOf({ recurrence_pattern: 'FREQ=WEEKLY;BYDAY=MO;UNTIL=20261231' }, 'Europe/Paris');
const withOverrides = (...overrides: StoredOverride[]): EventContent => ({ ...weekly, overrides });

describe('an override as clients see it', () => {
  it('names its occurrence and has only what is its own', () => {
    const wire = wireContent(
      withOverrides(
        { original: '2026-06-08T10:00:00', title: 'With guests', showAs: 'free' },
        { original: '2026-06-15T10:00:00', description: null, location: null },
      ),
    );
    expect(wire.overrides).toEqual([
      { original_start: '2026-06-08T08:00:00Z', title: 'With guests', show_as: 'free' },
      { original_start: '2026-06-15T08:00:00Z', description: null, location: null },
    ]);
  });

  it('has start and end as soon as either is its own', () => {
    const wire = wireContent(
      withOverrides(
        { original: '2026-06-08T10:00:00', start: '2026-12-24T18:00:00' },
        { original: '2026-06-15T10:00:00', duration: { days: 1, seconds: 1_800 } },
      ),
    );
    expect(wire.overrides).toEqual([
      { original_start: '2026-06-08T08:00:00Z', start_time: '2026-12-24T17:00:00Z', end_time: '2026-12-24T18:00:00Z' },
      { original_start: '2026-06-15T08:00:00Z', start_time: '2026-06-15T08:00:00Z', end_time: '2026-06-16T08:30:00Z' },
    ]);
  });

  it('has dates when the series lasts all day', () => {
    const days = contentOf({
      all_day: true,
      start_time: '2026-10-23',
      end_time: '2026-10-25',
      recurrence_pattern: 'FREQ=DAILY',
    });
    const moved = { ...days, overrides: [{ original: '2026-10-24T00:00:00', start: '2026-10-30T00:00:00' }] };
    expect(wireContent(moved).overrides).toEqual([
      { original_start: '2026-10-24', start_time: '2026-10-30', end_time: '2026-11-01' },
    ]);
  });
});

describe('changes of content', () => {
  const text = { original: '2026-06-08T10:00:00', title: 'With guests' };
  const moved = { original: '2026-06-08T10:00:00', start: '2026-06-09T10:00:00' };
  const takesOther = (before: EventContent, after: EventContent): boolean =>
    changesTime(wireContent(before), wireContent(after));

  it('are named by field; derived spellings are none', () => {
    const changed = { ...withOverrides(text), title: 'Sync', excluded: ['2026-06-15T10:00:00'] };
    expect(findChangedFields(wireContent(weekly), wireContent(changed))).toEqual(['title', 'excluded', 'overrides']);
    expect(findChangedFields(wireContent(weekly), wireContent({ ...weekly }))).toEqual([]);
  });

  it('take other time when times, dates or show_as change, of the series or of one occurrence', () => {
    expect(takesOther(weekly, { ...weekly, excluded: ['2026-06-15T10:00:00'] })).toBe(true);
    expect(takesOther(weekly, { ...weekly, showAs: 'free' })).toBe(true);
    expect(takesOther(weekly, { ...weekly, deletedAt: new Date() })).toBe(true);
    expect(takesOther(weekly, withOverrides(moved))).toBe(true);
    expect(takesOther(withOverrides(moved), weekly)).toBe(true);
    expect(takesOther(weekly, withOverrides({ ...text, showAs: 'free' }))).toBe(true);
    expect(takesOther(weekly, withOverrides({ ...text, duration: { days: 0, seconds: 60 } }))).toBe(true);
  });

  it('take no other time when only texts change, of the series or of one occurrence', () => {
    expect(takesOther(weekly, { ...weekly, title: 'Sync', location: 'Room 4' })).toBe(false);
    expect(takesOther(weekly, withOverrides(text))).toBe(false);
    expect(takesOther(withOverrides(moved), withOverrides({ ...moved, title: 'Sync' }))).toBe(false);
  });
});

describe('a snapshot', () => {
  it('gives back exactly what was kept, through JSON', () => {
    const content = { ...withOverrides({ original: '2026-06-08T10:00:00', title: 'x' }), deletedAt: new Date(0) };
    expect(fromSnapshot(JSON.parse(JSON.stringify(toSnapshot(content))))).toEqual(content);
    expect(fromSnapshot(JSON.parse(JSON.stringify(toSnapshot(weekly))))).toEqual(weekly);
  });
});

describe('the rule as other calendars read it', () => {
  it('ends with an instant beside a zoned start, and with a date beside a date', () => {
    expect(wireRrule(weekly)).toBe('FREQ=WEEKLY;BYDAY=MO;UNTIL=20261231T225959Z');
    expect(wireRrule({ ...weekly, allDay: true })).toBe('FREQ=WEEKLY;BYDAY=MO;UNTIL=20261231');
    expect(wireRrule({ ...weekly, rrule: null })).toBeNull();
  });
});
