import type { Dice } from './dice.js';
import type { EventPlan } from './event-plan.js';

/** What happens to an event, besides its creation. */
export type Action = ContentAction | MemberAction;
export type ContentAction = TextAction | 'mark' | 'move' | 'override' | 'exclude' | 'roll back' | 'delete' | 'restore';
export type TextAction = 'retitle' | 'describe' | 'relocate' | 'link';
export type MemberAction = 'share' | 'change role' | 'revoke' | 'leave' | 'transfer';

/** What happens to an event after its creation. */
export interface Steps {
  actions: Action[];
  /** Milliseconds of each action; later than that of the one before it. */
  times: number[];
}

const MEAN_VERSIONS = 5;
const MAX_VERSIONS = 80;
const MAX_MEMBERS = 5;
/** Most edits come soon after the creation. */
const MEAN_SPAN_MS = 6 * 86_400_000;
const TRASH_SHARE = 0.01;

/** How often each content action is chosen. Deletions and restorations are planned separately. */
const WEIGHTS: [ContentAction, number, of: 'all' | 'single' | 'series'][] = [
  ['retitle', 34, 'all'],
  ['describe', 28, 'all'],
  ['relocate', 12, 'all'],
  ['link', 5, 'all'],
  ['mark', 6, 'all'],
  ['roll back', 3, 'all'],
  ['move', 12, 'single'],
  ['override', 8, 'series'],
  ['exclude', 4, 'series'],
];

/** Chooses what happens to a planned event after its creation, and when: all of it before now. */
export function chooseSteps(dice: Dice, plan: EventPlan, now: number): Steps {
  const actions = chooseActions(dice, plan);
  const span = Math.min(dice.exponential(MEAN_SPAN_MS), now - plan.createdAt - 60_000);
  const times = actions.map(() => plan.createdAt + Math.floor(dice.next() * span)).sort((a, b) => a - b);
  let last = plan.createdAt;
  for (const [index, time] of times.entries()) times[index] = last = Math.max(time, last + 1);
  return { actions, times };
}

function chooseActions(dice: Dice, plan: EventPlan): Action[] {
  const weights = WEIGHTS.filter(([, , of]) => of === 'all' || of === (plan.rrule === null ? 'single' : 'series'));
  const isDeleted = dice.happens(TRASH_SHARE);
  const isRestored = dice.happens(0.005);
  // Half an edit more than wanted, because the fraction is cut off; some edits change nothing.
  const versions = 1 + Math.min(Math.floor(dice.exponential(MEAN_VERSIONS - 0.2)), MAX_VERSIONS);
  const edits = Math.max(0, versions - 1 - (isDeleted ? 1 : 0) - (isRestored ? 2 : 0));
  const later: Action[] = Array.from({ length: edits }, () => chooseByWeight(dice, weights));
  const isShared = dice.below(MAX_MEMBERS + 1) > 0;
  if (isShared) later.push(...chooseMemberActions(dice));
  shuffle(dice, later);
  if (isRestored) later.push('delete', 'restore');
  if (isDeleted) later.push('delete');
  // Most events are shared as soon as they are created.
  return isShared ? ['share', ...later] : later;
}

function chooseMemberActions(dice: Dice): MemberAction[] {
  const chances: [MemberAction, number][] = [
    ['share', 0.25],
    ['change role', 0.08],
    ['revoke', 0.06],
    ['leave', 0.02],
    ['transfer', 0.005],
  ];
  return chances.flatMap(([action, probability]) => (dice.happens(probability) ? [action] : []));
}

function chooseByWeight(dice: Dice, weights: typeof WEIGHTS): ContentAction {
  let left = dice.next() * weights.reduce((sum, [, weight]) => sum + weight, 0);
  return weights.find(([, weight]) => (left -= weight) < 0)?.[0] ?? 'retitle';
}

function shuffle(dice: Dice, items: Action[]): void {
  for (let index = items.length - 1; index > 0; index -= 1) {
    const other = dice.below(index + 1);
    [items[index], items[other]] = [items[other]!, items[index]!];
  }
}
