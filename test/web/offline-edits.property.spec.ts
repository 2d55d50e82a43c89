import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Edit, rebase } from '../../web/state/offline-edit.js';

const TIMES = ['start_time', 'end_time', 'time_zone', 'all_day', 'recurrence_pattern'];
const TEXTS = ['title', 'description', 'location', 'url', 'show_as', 'status'];

const subject = (version: number) => ({
  id: 'event',
  version,
  title: 'Planning',
  time_zone: 'UTC',
  all_day: false,
  is_recurring: true,
});

const update = (order: number, version: number, change: object, target: Edit['target'] = {}): Edit => ({
  order,
  userId: 'ana',
  key: `key-${order}`,
  subject: subject(version),
  target,
  at: order,
  held: null,
  kind: 'update',
  change,
});

const someChange = fc
  .uniqueArray(fc.constantFrom(...TIMES, ...TEXTS), { minLength: 1 })
  .chain((fields) =>
    fc
      .tuple(...fields.map(() => fc.string()))
      .map((values) => Object.fromEntries(fields.map((f, i) => [f, values[i]]))),
  );
const someTarget = fc.constantFrom<Edit['target']>({}, { occurrence: '2026-06-01T09:00:00Z', scope: 'this' });
const unit = (field: string): string => (TIMES.includes(field) ? 'times' : field);

/** Two edits of one event that was read at version 3, and the version that the first one wrote. */
const someEdits = fc
  .record({
    earlier: someChange,
    later: someChange,
    targets: fc.tuple(someTarget, someTarget),
    stored: fc.integer({ min: 4, max: 9 }),
  })
  .map(({ earlier, later, targets: [first, second], stored }) => ({
    earlier: update(1, 3, earlier, first),
    later: update(2, 3, later, second),
    stored: { id: 'event', version: stored },
    sameDates: first === second,
  }));

describe('what remains of an offline edit once an earlier one is stored', () => {
  it('keeps every changed field exactly once', () => {
    fc.assert(
      fc.property(someEdits, ({ earlier, later, stored }) => {
        const rest = rebase(later, earlier, stored);
        const fields = rest.flatMap(({ change }) => Object.entries(change));
        expect(fields).toHaveLength(Object.keys(later.change).length);
        expect(Object.fromEntries(fields)).toEqual(later.change);
      }),
    );
  });

  it('bases on what is stored only what nobody else can have changed since', () => {
    fc.assert(
      fc.property(someEdits, ({ earlier, later, stored, sameDates }) => {
        const mine = new Set(Object.keys(earlier.change).map(unit));
        const nobodyElse = stored.version === 4;
        for (const { subject: based, change } of rebase(later, earlier, stored))
          for (const field of Object.keys(change)) {
            const known = nobodyElse || (sameDates && mine.has(unit(field)));
            expect([field, based.version]).toEqual([field, known ? stored.version : 3]);
          }
      }),
    );
  });

  it('keeps the dates that are meant, whose edit it is and its place before later edits', () => {
    fc.assert(
      fc.property(someEdits, ({ earlier, later, stored }) => {
        for (const rest of rebase(later, earlier, stored)) {
          expect(rest).toMatchObject({ userId: 'ana', target: later.target, kind: 'update', held: null });
          expect(Math.floor(rest.order)).toBe(2);
        }
      }),
    );
  });

  it('sends two halves as two requests', () => {
    const earlier = update(1, 3, { title: 'Plan' });
    const [own, other] = rebase(update(2, 3, { title: 'Plan B', location: 'Room 2' }), earlier, {
      id: 'event',
      version: 6,
    });
    expect(own).toMatchObject({ change: { title: 'Plan B' }, subject: { version: 6 } });
    expect(other).toMatchObject({ change: { location: 'Room 2' }, subject: { version: 3 } });
    expect(new Set([own!.key, other!.key, 'key-2']).size).toBe(3);
  });

  it('follows an event that was created offline to its id on the server', () => {
    const created: Edit = {
      ...update(1, 0, {}),
      kind: 'create',
      change: { title: 'New', start_time: '2026-06-01T09:00:00Z', end_time: '2026-06-01T10:00:00Z' },
    };
    const renamed = { ...update(2, 0, { title: 'Newer' }), subject: { ...subject(0), id: 'local-1' } };
    const removed: Edit = { ...renamed, order: 3, kind: 'remove', change: {} };
    const stored = { id: 'stored', version: 1 };
    for (const later of [renamed, removed])
      expect(rebase(later, created, stored)).toEqual([{ ...later, subject: { ...later.subject, ...stored } }]);
  });
});
