import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventContent } from './event-content.js';
import { CONTENT_FIELDS } from './fields.js';
import { draftContent } from './draft.js';
import { mergeContent, UNIT_PROPERTIES, unitOf, UNITS, replaceUnits } from './merge.js';

function meeting(changes: Partial<EventContent> = {}): EventContent {
  const input = { title: 'Meeting', start_time: '2026-06-01T10:00:00', end_time: '2026-06-01T11:00:00' };
  const draft = draftContent({ ...input, recurrence_pattern: 'FREQ=DAILY;COUNT=9' }, null, 'Europe/Paris');
  if ('errors' in draft) throw new Error(JSON.stringify(draft.errors));
  return { ...draft.content, ...changes };
}

const LATER = { localStart: '2026-06-01T12:00:00', startTime: new Date('2026-06-01T10:00:00Z') };
const NINTH = '2026-06-09T10:00:00';
const THIRD = '2026-06-03T10:00:00';

describe('the units of a merge', () => {
  it('hold every part of the content once, and every field of the wire: none is left out of a merge', () => {
    const parts = Object.values(UNIT_PROPERTIES).flat();
    expect([...parts].sort()).toEqual(Object.keys(meeting()).sort());
    expect(CONTENT_FIELDS.filter((field) => !unitOf(field))).toEqual([]);
  });
});

describe('mergeContent', () => {
  const base = meeting();

  it('takes over what only one side changed', () => {
    const merged = mergeContent(base, { ...base, title: 'Theirs' }, { ...base, location: 'Ours' });
    expect(merged).toEqual({ content: { ...base, title: 'Theirs', location: 'Ours' } });
  });

  it('agrees when both sides changed alike', () => {
    const both = { ...base, title: 'Same' };
    expect(mergeContent(base, both, { ...both })).toEqual({ content: both });
  });

  it('names what was changed on both sides', () => {
    const theirs = { ...base, title: 'Theirs', description: 'x' };
    expect(mergeContent(base, theirs, { ...base, title: 'Ours', location: 'y' })).toEqual({ clashes: ['title'] });
  });

  it('takes times, zone, all-day and recurrence for one unit', () => {
    const merged = mergeContent(base, { ...base, ...LATER }, { ...base, rrule: 'FREQ=WEEKLY;COUNT=3' });
    expect(merged).toEqual({ clashes: ['times'] });
  });

  it('puts changes of different occurrences together', () => {
    const theirs = { ...base, excluded: [THIRD] };
    const yours = { ...base, overrides: [{ original: NINTH, title: 'Last one' }] };
    expect(mergeContent(base, theirs, yours)).toEqual({ content: { ...theirs, overrides: yours.overrides } });
  });

  it('clashes over one occurrence that both sides changed', () => {
    const theirs = { ...base, excluded: [NINTH] };
    const yours = { ...base, overrides: [{ original: NINTH, title: 'Last one' }] };
    expect(mergeContent(base, theirs, yours)).toEqual({ clashes: ['times'] });
  });

  it('does not hang an override on a series that the other side moved', () => {
    const yours = { ...base, overrides: [{ original: NINTH, title: 'Last one' }] };
    expect(mergeContent(base, { ...base, ...LATER }, yours)).toEqual({ clashes: ['times'] });
  });

  it('clashes over the last occurrence: together they would leave nothing', () => {
    const days = ['2026-06-01T10:00:00', '2026-06-02T10:00:00', THIRD] as const;
    const short = meeting({ rrule: 'FREQ=DAILY;COUNT=3', excluded: [days[0]] });
    const [theirs, yours] = [days[1], days[2]].map((day) => ({ ...short, excluded: [days[0], day] }));
    expect(mergeContent(short, theirs!, yours!)).toEqual({ clashes: ['times'] });
    expect(mergeContent(short, theirs!, { ...yours!, excluded: [] })).toEqual({
      content: { ...short, excluded: [days[1]] },
    });
  });

  it('brings an exclusion back that one side took away', () => {
    const excluded = meeting({ excluded: [THIRD, NINTH] });
    const merged = mergeContent(excluded, { ...excluded, title: 'x' }, { ...excluded, excluded: [NINTH] });
    expect(merged).toEqual({ content: { ...excluded, title: 'x', excluded: [NINTH] } });
  });

  const text = fc.constantFrom('a', 'b', 'c');
  const side = fc
    .record({
      title: text,
      description: fc.option(text),
      location: fc.option(text),
      showAs: fc.constantFrom('busy' as const, 'free' as const),
      later: fc.boolean(),
      excluded: fc.subarray([THIRD, NINTH]),
    })
    .map(({ later, ...changes }) => meeting({ ...changes, ...(later ? LATER : {}) }));

  it('loses no change of either side, and makes none up', () => {
    fc.assert(
      fc.property(side, side, side, (origin, theirs, yours) => {
        const merged = mergeContent(origin, theirs, yours);
        if ('clashes' in merged) {
          expect(merged.clashes.length).toBeGreaterThan(0);
          return;
        }
        for (const unit of UNITS) {
          for (const field of UNIT_PROPERTIES[unit]) {
            if (field === 'excluded') continue;
            const wanted = Object.is(JSON.stringify(yours[field]), JSON.stringify(origin[field])) ? theirs : yours;
            expect(merged.content[field]).toEqual(wanted[field]);
          }
        }
        for (const name of [THIRD, NINTH]) {
          const had = (content: EventContent): boolean => content.excluded.includes(name);
          expect(had(merged.content)).toBe(had(yours) === had(origin) ? had(theirs) : had(yours));
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('is the same from either side, and nothing when one side did nothing', () => {
    fc.assert(
      fc.property(side, side, side, (origin, left, right) => {
        expect(mergeContent(origin, left, right)).toEqual(mergeContent(origin, right, left));
        expect(mergeContent(origin, left, origin)).toEqual({ content: left });
        expect(mergeContent(origin, origin, right)).toEqual({ content: right });
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('withUnits', () => {
  it('takes whole units from another state', () => {
    const current = meeting({ title: 'Now', location: 'Here', ...LATER });
    const before = meeting({ title: 'Then', location: 'There' });
    expect(replaceUnits(current, before, ['title', 'times'])).toEqual({ ...before, location: 'Here' });
  });
});
