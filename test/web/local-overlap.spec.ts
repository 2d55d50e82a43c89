import { describe, expect, it } from 'vitest';
import { overlapsAmong } from '../../web/state/local-overlap.js';
import { localItem } from '../../web/state/overlay.js';

const ANA = { id: 'ana', username: 'ana' };
const BEN = { id: 'ben', username: 'ben' };
const event = (id: string, start_time: string, end_time: string, more: object = {}, owner = ANA) =>
  localItem(id, { title: id, start_time, end_time, time_zone: 'UTC', ...more }, owner, 0);

const items = [
  event('lunch', '2026-06-10T12:00:00Z', '2026-06-10T13:00:00Z'),
  event('all-day', '2026-06-10', '2026-06-11', { all_day: true }),
  event('free', '2026-06-10T12:00:00Z', '2026-06-10T13:00:00Z', { show_as: 'free' }),
  event('cancelled', '2026-06-10T12:00:00Z', '2026-06-10T13:00:00Z', { status: 'cancelled' }),
  event('of-ben', '2026-06-10T12:00:00Z', '2026-06-10T13:00:00Z', {}, BEN),
  event('self', '2026-06-10T12:30:00Z', '2026-06-10T13:30:00Z'),
];
const found = (start: string, end: string, zone = 'UTC'): string[] =>
  overlapsAmong(items, { start, end }, 'self', ANA.id, zone).map(({ id }) => id);

describe('what overlaps, without a connection', () => {
  it('is what occupies the time of the owner, all-day events too, and not the event itself', () => {
    expect(found('2026-06-10T12:30:00Z', '2026-06-10T13:30:00Z')).toEqual(['all-day', 'lunch']);
    expect(found('2026-06-10', '2026-06-11')).toEqual(['all-day', 'lunch']);
  });

  it('touches nothing that ends when it starts', () => {
    expect(found('2026-06-10T13:00:00Z', '2026-06-10T14:00:00Z')).toEqual(['all-day']);
    expect(found('2026-06-11T00:00:00Z', '2026-06-11T01:00:00Z')).toEqual([]);
  });

  it('takes days in the zone of the calendar', () => {
    expect(found('2026-06-10T22:30:00Z', '2026-06-10T23:30:00Z', 'Europe/Paris')).toEqual([]);
  });
});
