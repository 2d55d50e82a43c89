import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventContent } from './event-content.js';
import { CONTENT_FIELDS } from './fields.js';
import { draftContent } from './draft.js';
import { listFieldClashes } from './clashes.js';
import { mergeContent } from './merge.js';
import { UNIT_PROPERTIES, unitOf, UNITS, replaceUnits } from './units.js';

function meeting(changes: Partial<EventContent> = {}): EventContent {
  const input = { title: 'Meeting', start_time: '2026-06-01T10:00:00', end_time: '2026-06-01T11:00:00' };
  const draft = draftContent({ ...input, recurrence_pattern: 'FREQ=DAILY;COUNT=9' }, null, 'Europe/Paris');
  if ('errors' in draft) throw new Error(JSON.stringify(draft.errors));
  return { ...draft.content, ...changes };
}

const LATER = { localStart: '2026-06-01T12:00:00', startTime: new Date('2026-06-01T10:00:00Z') };
const NINTH = '2026-06-09T10:00:00';
const THIRD = '2026-06-03T10:00:00';
/** The same occurrence of the series two hours later. */
const atNoon = (name: string): string => name.replace('T10', 'T12');

describe('the units of a merge', () => {
  it('contain every property of the content once, and every wire field', () => {
    const parts = Object.values(UNIT_PROPERTIES).flat();
    expect([...parts].sort()).toEqual(Object.keys(meeting()).sort());
    expect(CONTENT_FIELDS.filter((field) => !unitOf(field))).toEqual([]);
  });
});

describe('mergeContent', () => {
  const base = meeting();

  it('applies changes of only one side', () => {
    const merged = mergeContent(base, { ...base, title: 'Theirs' }, { ...base, location: 'Ours' });
    expect(merged).toEqual({ content: { ...base, title: 'Theirs', location: 'Ours' } });
  });

  it('accepts equal changes of both sides', () => {
    const both = { ...base, title: 'Same' };
    expect(mergeContent(base, both, { ...both })).toEqual({ content: both });
  });

  it('returns the units that both sides changed', () => {
    const theirs = { ...base, title: 'Theirs', description: 'x' };
    expect(mergeContent(base, theirs, { ...base, title: 'Ours', location: 'y' })).toEqual({ clashes: ['title'] });
  });

  it('treats times, zone, all-day and recurrence as one unit', () => {
    const merged = mergeContent(base, { ...base, ...LATER }, { ...base, rrule: 'FREQ=WEEKLY;COUNT=3' });
    expect(merged).toEqual({ clashes: ['times'] });
  });

  it('merges changes of different occurrences', () => {
    const theirs = { ...base, excluded: [THIRD] };
    const yours = { ...base, overrides: [{ original: NINTH, title: 'Last one' }] };
    expect(mergeContent(base, theirs, yours)).toEqual({ content: { ...theirs, overrides: yours.overrides } });
  });

  it('clashes over one occurrence that both sides changed', () => {
    const theirs = { ...base, excluded: [NINTH] };
    const yours = { ...base, overrides: [{ original: NINTH, title: 'Last one' }] };
    expect(mergeContent(base, theirs, yours)).toEqual({ clashes: ['times'] });
  });

  it('merges different fields of one occurrence, and clashes over the same', () => {
    const from = { ...base, overrides: [{ original: NINTH, title: 'Last one' }] };
    const theirs = { ...base, overrides: [{ original: NINTH, title: 'Party', location: 'Garden' }] };
    const yours = { ...base, overrides: [{ original: NINTH, title: 'Last one', start: '2026-06-09T15:00:00' }] };
    const overrides = [{ original: NINTH, title: 'Party', location: 'Garden', start: '2026-06-09T15:00:00' }];
    expect(mergeContent(from, theirs, yours)).toEqual({ content: { ...base, overrides } });
    const renamed = { ...base, overrides: [{ original: NINTH, title: 'Picnic' }] };
    expect(mergeContent(from, theirs, renamed)).toEqual({ clashes: ['times'] });
    expect(mergeContent(from, theirs, base)).toEqual({ clashes: ['times'] });
  });

  it('takes edits of single occurrences along into a series that the other side moved or made longer', () => {
    const yours = { ...base, excluded: [THIRD], overrides: [{ original: NINTH, title: 'Last one' }] };
    const later = {
      excluded: ['2026-06-03T12:00:00'],
      overrides: [{ original: '2026-06-09T12:00:00', title: 'Last one' }],
    };
    const moved = { ...base, ...LATER };
    expect(mergeContent(base, moved, yours)).toEqual({ content: { ...moved, ...later } });
    expect(mergeContent(base, yours, moved)).toEqual({ content: { ...moved, ...later } });
    const longer = { ...base, rrule: 'FREQ=DAILY;COUNT=12' };
    expect(mergeContent(base, longer, yours)).toEqual({ content: { ...yours, rrule: longer.rrule } });
    const added = { ...base, added: ['2026-06-20T10:00:00'] };
    expect(mergeContent(base, added, yours)).toEqual({ content: { ...yours, added: added.added } });
  });

  it('clashes where the other side removed the occurrence, moved the series to another zone, or both moved it', () => {
    const yours = { ...base, overrides: [{ original: NINTH, title: 'Last one' }] };
    const shorter = { ...base, rrule: 'FREQ=DAILY;COUNT=5' };
    const elsewhere = { ...base, timeZone: 'Asia/Tokyo' };
    for (const theirs of [shorter, elsewhere, { ...base, ...LATER, excluded: ['2026-06-09T12:00:00'] }]) {
      expect(mergeContent(base, theirs, yours)).toEqual({ clashes: ['times'] });
    }
    expect(mergeContent(base, { ...base, ...LATER }, shorter)).toEqual({ clashes: ['times'] });
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

  it('applies the removal of an exclusion by one side', () => {
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
    .map(({ later, excluded, ...changes }) =>
      meeting({ ...changes, excluded: later ? excluded.map(atNoon) : excluded, ...(later ? LATER : {}) }),
    );

  it('loses no change of either side, and adds none', () => {
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
          const had = ({ excluded }: EventContent): boolean =>
            excluded.includes(name) || excluded.includes(atNoon(name));
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

describe('the dates of a series', () => {
  const base = meeting();
  const tenth = '2026-06-10T10:00:00';
  const eleventh = '2026-06-11T10:00:00';

  it('merge when two people add different ones, the same one, or one adds and one cancels', () => {
    const [theirs, yours] = [
      { ...base, added: [eleventh] },
      { ...base, added: [tenth] },
    ];
    expect(mergeContent(base, theirs, yours)).toEqual({ content: { ...base, added: [tenth, eleventh] } });
    expect(mergeContent(base, theirs, { ...theirs, excluded: [THIRD] })).toEqual({
      content: { ...theirs, excluded: [THIRD] },
    });
    expect(mergeContent(base, { ...base, excluded: [THIRD] }, yours)).toEqual({
      content: { ...yours, excluded: [THIRD] },
    });
    expect(mergeContent(theirs, base, { ...theirs, added: [tenth, eleventh] })).toEqual({
      content: { ...base, added: [tenth] },
    });
  });

  it('follow a series that the other side moved, also those that were added', () => {
    const moved = { ...base, ...LATER };
    const merged = { ...moved, added: [atNoon(tenth)] };
    expect(mergeContent(base, moved, { ...base, added: [tenth] })).toEqual({ content: merged });
    expect(mergeContent(base, { ...base, added: [tenth] }, moved)).toEqual({ content: merged });
  });

  it('clash when one side takes a date away and the other changes it', () => {
    const from = { ...base, added: [tenth] };
    const renamed = { ...from, overrides: [{ original: tenth, title: 'Extra' }] };
    expect(mergeContent(from, base, renamed)).toEqual({ clashes: ['times'] });
    expect(mergeContent(from, renamed, base)).toEqual({ clashes: ['times'] });
    expect(mergeContent(renamed, renamed, base)).toEqual({ content: base });
    const clash = { field: 'added', occurrence: '2026-06-10T08:00:00Z' };
    expect(listFieldClashes(['times'], from, renamed, base)).toEqual([
      { ...clash, base: true, theirs: true, yours: false },
    ]);
  });

  it('merge the description of an occurrence by line', () => {
    const with9 = (description: string): EventContent => ({ ...base, overrides: [{ original: NINTH, description }] });
    expect(mergeContent(with9('a\nb\nc'), with9('A\nb\nc'), with9('a\nb\nC'))).toEqual({ content: with9('A\nb\nC') });
    expect(listFieldClashes(['times'], with9('a\nb'), with9('a\nx'), with9('a\ny'))).toEqual([
      {
        ...{ field: 'description', occurrence: '2026-06-09T08:00:00Z', base: 'a\nb', theirs: 'a\nx', yours: 'a\ny' },
        regions: [{ line: 2, base: 'b', theirs: 'x', yours: 'y' }],
      },
    ]);
  });

  it('are left out of a clash of the series, and named singly when none would be left', () => {
    const rule = { ...base, rrule: 'FREQ=WEEKLY;COUNT=3', excluded: [] };
    const moved = {
      ...base,
      ...LATER,
      excluded: [atNoon(THIRD)],
      overrides: [{ original: atNoon(NINTH), title: 'x' }],
    };
    const fields = listFieldClashes(['times'], base, moved, rule).map(({ field }) => field);
    expect(fields).toEqual(['start_time', 'end_time', 'recurrence_pattern'].filter((field) => fields.includes(field)));
    expect(fields).toContain('recurrence_pattern');
    const two = meeting({ rrule: 'FREQ=DAILY;COUNT=2' });
    const [first, second] = ['2026-06-01T10:00:00', '2026-06-02T10:00:00'];
    expect(listFieldClashes(['times'], two, { ...two, excluded: [first] }, { ...two, excluded: [second] })).toEqual([
      { field: 'excluded', occurrence: '2026-06-01T08:00:00Z', base: false, theirs: true, yours: false },
      { field: 'excluded', occurrence: '2026-06-02T08:00:00Z', base: false, theirs: false, yours: true },
    ]);
  });

  it('do not merge to a description that is too long, of an occurrence neither', () => {
    const long = (letter: string): string => `${letter.repeat(9_000)}\n`;
    const with9 = (description: string): EventContent => ({ ...base, overrides: [{ original: NINTH, description }] });
    const [was, left, right] = [long('a'), `${long('a')}${long('b')}`, `${long('a')}${long('c')}`] as const;
    expect(mergeContent(with9(was), with9(left), with9(right))).toEqual({ clashes: ['times'] });
    const [clash] = listFieldClashes(['times'], with9(was), with9(left), with9(right));
    expect(clash).toMatchObject({ field: 'description', merged_length: 27_003 });
    const described = (description: string): EventContent => ({ ...base, description });
    expect(listFieldClashes(['description'], described(was), described(left), described(right))).toMatchObject([
      { field: 'description', merged_length: 27_003 },
    ]);
  });

  it('are named by those clashes that are theirs, with nothing else', () => {
    const titled = (title: string, more = {}): EventContent => ({
      ...base,
      overrides: [{ original: NINTH, title, ...more }],
    });
    const occurrence = '2026-06-09T08:00:00Z';
    const theirs = { ...titled('Party', { location: 'Garden' }), excluded: [THIRD] };
    expect(listFieldClashes(['times'], base, theirs, titled('Picnic'))).toEqual([
      { field: 'title', occurrence, base: 'Meeting', theirs: 'Party', yours: 'Picnic' },
    ]);
    const placed = (location: string | null): EventContent => ({
      ...inRoom,
      overrides: [{ original: NINTH, location }],
    });
    const inRoom = { ...base, location: 'Room 1' };
    expect(listFieldClashes(['times'], inRoom, placed(null), placed('Garden'))).toEqual([
      { field: 'location', occurrence, base: 'Room 1', theirs: null, yours: 'Garden' },
    ]);
    expect(listFieldClashes(['times'], base, { ...base, excluded: [NINTH] }, titled('Picnic'))).toEqual([
      { field: 'excluded', occurrence, base: false, theirs: true, yours: false },
    ]);
    const at = (hour: string): EventContent => ({
      ...base,
      overrides: [{ original: NINTH, start: `2026-06-09T${hour}:00:00` }],
    });
    expect(listFieldClashes(['times'], base, at('15'), at('16'))).toEqual([
      {
        field: 'start_time',
        occurrence,
        base: occurrence,
        theirs: '2026-06-09T13:00:00Z',
        yours: '2026-06-09T14:00:00Z',
      },
      {
        ...{ field: 'end_time', occurrence, base: '2026-06-09T09:00:00Z' },
        ...{ theirs: '2026-06-09T14:00:00Z', yours: '2026-06-09T15:00:00Z' },
      },
    ]);
    // They moved the series, and ended it before that date.
    const short = { ...base, ...LATER, rrule: 'FREQ=DAILY;COUNT=3' };
    expect(listFieldClashes(['times'], base, short, titled('Picnic'))).toEqual([
      { field: 'title', occurrence: '2026-06-09T10:00:00Z', base: 'Meeting', theirs: null, yours: 'Picnic' },
    ]);
  });
});

describe('listFieldClashes', () => {
  it('lists the fields that both sides changed to different values, and not what only one changed', () => {
    const base = meeting();
    const theirs = { ...base, ...LATER, excluded: ['2026-06-03T12:00:00'] };
    const yours = { ...base, localStart: '2026-06-01T09:00:00', startTime: new Date('2026-06-01T07:00:00Z') };
    const clashes = listFieldClashes(['times'], base, theirs, yours);
    expect(clashes.map(({ field }) => field)).toEqual(['start_time']);
    const rule = { ...base, rrule: 'FREQ=WEEKLY;COUNT=3' };
    const apart = listFieldClashes(['times'], base, { ...base, ...LATER }, rule);
    expect(apart.map(({ field }) => field)).toEqual(['start_time', 'recurrence_pattern']);
  });
});

describe('replaceUnits', () => {
  it('copies complete units from another state', () => {
    const current = meeting({ title: 'Now', location: 'Here', ...LATER });
    const before = meeting({ title: 'Then', location: 'There' });
    expect(replaceUnits(current, before, ['title', 'times'])).toEqual({ ...before, location: 'Here' });
  });
});
