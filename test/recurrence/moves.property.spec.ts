import { describe, expect, it } from 'vitest';
import { type ContentInput, draftContent } from '../../src/content/draft.js';
import { type ContentEdit, editContent, splitContent } from '../../src/content/edit.js';
import type { EventContent } from '../../src/content/event-content.js';
import { findOriginal, removeOccurrences } from '../../src/content/series-edit.js';
import { listOccurrences } from '../../src/content/occurrences.js';
import { wireContent, wireRrule } from '../../src/content/wire.js';
import { Problem } from '../../src/problems/problem.js';
import { Chance } from '../support/random.js';
import {
  DAY,
  datesOf,
  followOrdinal,
  instantOf,
  type Meeting,
  type ModelRule,
  shownOn,
  toPattern,
  wallAt,
  wallOf,
  wallText,
} from './meeting-model.js';

const CASES = Number(process.env['MOVES'] ?? 3_000);
const HOUR = 3_600_000;
/** How far the model knows the meetings. */
const KNOWN = 700 * DAY;

const ZONES = ['UTC', 'Europe/Paris', 'America/Los_Angeles', 'Asia/Tokyo', 'Asia/Kathmandu'];

interface World {
  zone: string;
  content: EventContent;
  meetings: Meeting[];
  rule: ModelRule;
  /** The model knows the meetings before. */
  horizon: number;
}

const seriesRule = (chance: Chance, start: number): ModelRule => {
  const interval = chance.pick([1, 1, 1, 2, 3]);
  const weekday = (new Date(start).getUTCDay() + 6) % 7;
  const dayOfMonth = new Date(start).getUTCDate();
  const others = [0, 1, 2, 3, 4, 5, 6].filter((other) => other !== weekday && chance.below(3) === 0);
  const weekdays = [weekday, ...others].sort((a, b) => a - b).map((each) => ({ weekday: each }));
  const length = new Date(
    Date.UTC(new Date(start).getUTCFullYear(), new Date(start).getUTCMonth() + 1, 0),
  ).getUTCDate();
  const ordinal = chance.pick([Math.floor((dayOfMonth - 1) / 7) + 1, -Math.floor((length - dayOfMonth) / 7) - 1]);
  return chance.pick<ModelRule>([
    { frequency: 'daily', interval },
    { frequency: 'daily', interval: 1, weekdays },
    { frequency: 'weekly', interval },
    { frequency: 'weekly', interval, weekdays },
    { frequency: 'weekly', interval, weekdays },
    { frequency: 'monthly', interval },
    { frequency: 'monthly', interval, monthDays: [dayOfMonth] },
    { frequency: 'monthly', interval, monthDays: [dayOfMonth - length - 1] },
    { frequency: 'monthly', interval, monthDays: [dayOfMonth, (dayOfMonth % 28) + 1].sort((a, b) => a - b) },
    { frequency: 'monthly', interval, weekdays: [{ weekday, ordinal }] },
    { frequency: 'yearly', interval: 1 },
  ]);
};

function newWorld(chance: Chance): World {
  const zone = chance.pick(ZONES);
  const start = Date.UTC(
    2026,
    chance.below(12),
    1 + chance.below(28),
    chance.pick([0, 9, 10, 16, 23]),
    chance.pick([0, 30]),
  );
  const open = seriesRule(chance, start);
  const all = datesOf(open, start, start + KNOWN);
  const length = Math.min(all.length, 3 + chance.below(10));
  const rule = {
    ...open,
    ...chance.pick([{}, { count: length }, { until: Math.floor(all[length - 1]! / DAY) * DAY }]),
  };
  const names = datesOf(rule, start, start + KNOWN);
  const meetings = names.map((name) => ({ name, cancelled: false, title: null, moved: null, added: false }));
  const [start_time, end_time] = [wallText(start), wallText(start + HOUR)];
  const added = chance.below(3) === 0 ? [start + 3 * DAY + 2 * HOUR + 900_000] : [];
  const input = {
    title: 'Sync',
    start_time,
    end_time,
    time_zone: zone,
    recurrence_pattern: toPattern(rule),
    added: added.map(wallText),
  };
  const content = draft(input, null);
  const extra = added.map((name) => ({ name, cancelled: false, title: null, moved: null, added: true }));
  const horizon = start + KNOWN;
  const world = { zone, content, rule, horizon, meetings: [...meetings, ...extra].sort((a, b) => a.name - b.name) };
  for (let edits = chance.below(4); edits > 0; edits -= 1) editOne(chance, world);
  return world;
}

/** Cancels, renames or moves one meeting. */
function editOne(chance: Chance, world: World): void {
  const open = world.meetings.filter(({ cancelled }) => !cancelled);
  const meeting = chance.pick(open.slice(0, 8));
  const occurrence = wallText(meeting.name);
  const what = chance.pick(['cancel', 'rename', 'move'] as const);
  if (what === 'cancel') {
    if (open.length < 2) return;
    const original = findOriginal(world.content, occurrence);
    world.content = removeOccurrences(world.content, original, 'this')!;
    Object.assign(meeting, { cancelled: true, title: null, moved: null });
    return;
  }
  const to = Math.floor(meeting.name / DAY) * DAY + DAY * chance.below(3) + 13 * HOUR;
  const input = what === 'rename' ? { title: 'Guests' } : { start_time: wallText(to), end_time: wallText(to + HOUR) };
  world.content = edit(world.content, { input, target: { occurrence, scope: 'this' } });
  Object.assign(meeting, what === 'rename' ? { title: 'Guests' } : { moved: to === meeting.name ? null : to });
}

function draft(input: ContentInput, current: EventContent | null): EventContent {
  const result = draftContent(input, current, 'UTC');
  if ('errors' in result) throw new Error(JSON.stringify(result.errors));
  return result.content;
}

const edit = (content: EventContent, change: Omit<ContentEdit, 'timeZone'>): EventContent =>
  editContent(content, { ...change, timeZone: 'UTC' });

/** What a client knows of an event and may send back. */
function echoOf(chance: Chance, content: EventContent): ContentInput {
  const wire = wireContent(content);
  const { recurrence_pattern, excluded, added, time_zone, all_day, is_recurring } = wire;
  return chance.pick<ContentInput>([
    {},
    {},
    { recurrence_pattern },
    { recurrence_pattern: wireRrule(content) },
    { recurrence_pattern, excluded: [...excluded].reverse(), added },
    { recurrence_pattern, mergesPattern: true },
    { recurrence_pattern, excluded, added, time_zone, all_day, is_recurring },
  ]);
}

/** The meetings as they are expected, or as they are, as text: original start, start, title. */
const linesOf = (meetings: Meeting[], until: number, zone: string): string[] =>
  meetings
    .filter(({ cancelled, name }) => !cancelled && name < until)
    .map(
      ({ name, moved, title }) => `${wallText(name)} at ${wallText(moved ?? shownOn(name, zone))} ${title ?? 'Sync'}`,
    );

function found(content: EventContent, until: number): string[] {
  const { timeZone } = content;
  return listOccurrences(content, { from: -Infinity, to: until / 1_000 + 60 * 86_400 }, 1_300)
    .map(({ original, start, values }) => ({ original, start: wallAt(start * 1_000, timeZone), title: values.title }))
    .filter(({ original }) => wallOf(original) < until)
    .sort((a, b) => (a.original < b.original ? -1 : 1))
    .map(({ original, start, title }) => `${original} at ${wallText(start)} ${title}`);
}

const namesOf = (meetings: Meeting[]): number[] => meetings.filter(({ added }) => !added).map(({ name }) => name);

/** Returns the meetings after a move of all by `shift`; of nth weekdays, of which no rule gives just these, the alternative. */
function movedBy(meetings: Meeting[], shift: number, to: (name: number) => number = (name) => name + shift): Meeting[] {
  return meetings.map((meeting) => ({ ...meeting, name: meeting.added ? meeting.name + shift : to(meeting.name) }));
}

interface Outcome {
  parts: EventContent[];
  refused: boolean;
}

function attempt(work: () => EventContent[]): Outcome {
  try {
    return { parts: work(), refused: false };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const codes = error.extras.errors?.map(({ code }) => code);
    expect(codes, JSON.stringify(error.extras)).toEqual(['start_not_in_pattern']);
    return { parts: [], refused: true };
  }
}

/** True where a rule can always follow: it repeats by days and weeks. */
const alwaysFollows = ({ frequency }: ModelRule): boolean => frequency === 'daily' || frequency === 'weekly';

/** True where the same days of every month, counted from the start, are days of every month before and after. */
function followsInMonth(rule: ModelRule, start: number, shift: number): boolean {
  if (rule.frequency !== 'monthly' || rule.weekdays) return false;
  const from = rule.monthDays ?? [new Date(start).getUTCDate()];
  const days = Math.floor((start + shift) / DAY) - Math.floor(start / DAY);
  return from.every((day) => day > 0 && day <= 28 && day + days > 0 && day + days <= 28);
}

const counts: Record<string, number> = {};
const count = (what: string): void => void (counts[what] = (counts[what] ?? 0) + 1);

function verify(world: World, outcome: Outcome, shift: number, reference: number, label: string): void {
  const { rule, meetings } = world;
  const start = namesOf(meetings)[0]!;
  if (outcome.refused) {
    count(`${rule.frequency} refused`);
    expect(alwaysFollows(rule) || followsInMonth(rule, start, shift), `${label}: refused`).toBe(false);
    return;
  }
  count(`${rule.frequency} moved`);
  const until = world.horizon + shift - 40 * DAY;
  const actual = outcome.parts.flatMap((part) => found(part, until));
  const { timeZone } = outcome.parts[0]!;
  const exact = linesOf(movedBy(meetings, shift), until, timeZone);
  if (JSON.stringify(actual.toSorted()) === JSON.stringify(exact.toSorted())) return;
  const ordinals =
    rule.weekdays?.[0]?.ordinal === undefined
      ? null
      : followOrdinal(namesOf(meetings), reference, shift, rule.weekdays[0].ordinal < 0);
  const alternative =
    ordinals &&
    linesOf(
      movedBy(meetings, shift, (name) => ordinals.get(name)!),
      until,
      timeZone,
    );
  count('by ordinal');
  expect(actual.toSorted(), label).toEqual((alternative ?? exact).toSorted());
  // Cancelled and changed meetings, and the one that was dragged, are exactly as far away.
  for (const { name, cancelled, title, moved, added } of meetings) {
    if (added || (!cancelled && title === null && moved === null && name !== reference)) continue;
    expect(ordinals!.get(name), label).toBe(name + shift);
  }
}

const shiftOf = (chance: Chance): number =>
  chance.pick([
    chance.pick([-9, -3, -2, -1, 1, 2, 3, 6, 7, 8, 14, 21]) * DAY,
    chance.pick([-2, -1, 1, 2, 5, 13]) * HOUR,
    chance.pick([-1, 1, 2]) * DAY + chance.pick([-3, 2, 7]) * HOUR,
    chance.pick([-1, 1]) * DAY,
  ]);

describe(`${CASES} random series`, () => {
  const each = (seed: number, test: (chance: Chance, world: World, label: string) => void): void => {
    for (let index = 0; index < CASES / 5; index += 1) {
      const chance = new Chance(seed * 1_000_000 + index);
      const world = newWorld(chance);
      const { content, rule } = world;
      test(
        chance,
        world,
        `${index}: ${JSON.stringify({ rule, zone: world.zone, rrule: content.rrule, at: content.localStart })}`,
      );
    }
  };

  it('move as a whole: every meeting is where old + shift says, or nothing is', () => {
    each(1, (chance, world, label) => {
      const shift = shiftOf(chance);
      const start = wallOf(world.content.localStart);
      const times = { start_time: wallText(start + shift), end_time: wallText(start + shift + HOUR) };
      const input = { ...echoOf(chance, world.content), ...times };
      const outcome = attempt(() => [edit(world.content, { input, target: null })]);
      verify(world, outcome, shift, start, `${label} ${JSON.stringify(input)}`);
    });
  });

  it('move as a whole by one of their meetings, which goes where it was dragged', () => {
    each(2, (chance, world, label) => {
      const shift = shiftOf(chance);
      const meeting = chance.pick(
        world.meetings.filter(({ cancelled, moved }) => !cancelled && moved === null).slice(0, 9),
      );
      if (!meeting) return;
      const [from, to] = [meeting.name, meeting.name + shift];
      const echo = to === wallOf(world.content.localStart) ? {} : echoOf(chance, world.content);
      const input = { ...echo, start_time: wallText(to), end_time: wallText(to + HOUR) };
      const target = { occurrence: wallText(from), scope: 'all' as const };
      const outcome = attempt(() => [edit(world.content, { input, target })]);
      const reference = meeting.added ? namesOf(world.meetings)[0]! : meeting.name;
      verify(world, outcome, shift, reference, `${label} ${JSON.stringify({ target, input })}`);
    });
  });

  it('split: the head stays, and the tail moves with everything in it', () => {
    each(3, (chance, world, label) => {
      const { meetings, content } = world;
      const open = meetings.filter(({ cancelled, moved, added }) => !cancelled && moved === null && !added);
      const at = chance.pick(open.slice(0, 9));
      if (!at || !meetings.some(({ cancelled, name }) => !cancelled && name < at.name)) return;
      const shift = chance.pick([0, shiftOf(chance)]);
      const times =
        shift === 0
          ? { title: 'Sync' }
          : { start_time: wallText(at.name + shift), end_time: wallText(at.name + shift + HOUR) };
      const echo = at.name + shift === wallOf(content.localStart) ? {} : echoOf(chance, content);
      const input = { ...echo, ...times, description: 'New' };
      const target = { occurrence: wallText(at.name), scope: 'following' as const };
      const outcome = attempt(() => {
        const split = splitContent(content, { input, target, timeZone: 'UTC' })!;
        expect(split, label).not.toBeNull();
        const before = meetings.filter(({ name }) => name < at.name);
        const head = linesOf(before, Infinity, world.zone);
        expect(found(split.head, at.name), `${label} head`).toEqual(head);
        expect(listOccurrences(split.head, ALWAYS, 1_300).length, `${label} head`).toBe(head.length);
        return [split.tail];
      });
      const tail = { ...world, meetings: meetings.filter(({ name }) => name >= at.name) };
      verify(tail, outcome, shift, at.name, `${label} ${JSON.stringify({ target, input })}`);
    });
  });

  it('change their zone: the first meeting stays at its instant, and all others move as far on the clock', () => {
    each(4, (chance, world, label) => {
      const zone = chance.pick(ZONES);
      const start = wallOf(world.content.localStart);
      const shift = wallAt(instantOf(start, world.zone), zone) - start;
      const input = { ...echoOf(chance, world.content), time_zone: zone };
      const outcome = attempt(() => [edit(world.content, { input, target: null })]);
      // A meeting that was moved stays at its instant.
      const meetings = world.meetings.map((meeting) => ({
        ...meeting,
        moved: meeting.moved === null ? null : wallAt(instantOf(meeting.moved, world.zone), zone),
      }));
      verify({ ...world, meetings }, outcome, shift, start, `${label} ${JSON.stringify(input)}`);
    });
  });

  it('do not change by what a client has read and sends back', () => {
    each(5, (chance, world, label) => {
      const wire = wireContent(world.content);
      const { start_time, end_time, ...rest } = { ...wire, overrides: undefined, deleted: undefined };
      const body = { start_time, end_time, ...rest } as ContentInput;
      const echoes = [body, echoOf(chance, world.content), { start_time, end_time }];
      for (const input of echoes) expect(edit(world.content, { input, target: null }), label).toEqual(world.content);
      const meeting = chance.pick(world.meetings.filter(({ cancelled }) => !cancelled).slice(0, 9));
      const occurrence = wallText(meeting.name);
      for (const scope of ['this', 'all'] as const) {
        const target = { occurrence, scope };
        // One meeting with a title of its own gets back that of the series only when it is named alone.
        const sent = scope === 'this' && meeting.title ? { ...body, title: meeting.title } : body;
        expect(edit(world.content, { input: sent, target }), label).toEqual(world.content);
      }
      const following = { input: body, target: { occurrence, scope: 'following' as const }, timeZone: 'UTC' };
      expect(splitContent(world.content, following), label).toBeNull();
    });
  });

  it('reached every kind of outcome', () => {
    expect(Object.keys(counts).sort()).toEqual(
      expect.arrayContaining([
        'daily moved',
        'weekly moved',
        'monthly moved',
        'monthly refused',
        'by ordinal',
        'yearly moved',
      ]),
    );
    expect(counts['daily refused'] ?? 0).toBe(0);
    expect(counts['weekly refused'] ?? 0).toBe(0);
  });
});

const ALWAYS = { from: -Infinity, to: Infinity };
