import { draftContent } from '../../src/content/draft.js';
import { EMPTY_CONTENT, type EventContent } from '../../src/content/event-content.js';
import { findChangedFields, wireContent } from '../../src/content/wire.js';
import type { Change, ContentKind, MemberKind } from '../../src/history/change.js';
import type { RoleChange } from '../../src/permissions/member.js';
import type { Role } from '../../src/permissions/role.js';
import type { Dice } from './dice.js';
import { editByAction, textByAction } from './edit-by-action.js';
import type { EventPlan } from './event-plan.js';
import {
  type Action,
  chooseSteps,
  type ContentAction,
  type MemberAction,
  type Steps,
  type TextAction,
} from './event-steps.js';
import { idFrom } from './ids.js';
import { changeMembers } from './member-changes.js';
import type { SimulatedPerson } from './people.js';
import { firstInput } from './planned-input.js';
import { comment } from './texts.js';

/** A person's role on an event, and the change that gave it. */
export interface Membership {
  person: SimulatedPerson;
  role: Role;
  grantedBy: string;
  grantedAt: Date;
}

const TEXT_ACTIONS = new Set<string>(['retitle', 'describe', 'relocate', 'link'] satisfies TextAction[]);
const MEMBER_ACTIONS = new Set<string>([
  'share',
  'change role',
  'revoke',
  'leave',
  'transfer',
] satisfies MemberAction[]);
const isTextAction = (action: Action): action is TextAction => TEXT_ACTIONS.has(action);
const isMemberAction = (action: Action): action is MemberAction => MEMBER_ACTIONS.has(action);

const KIND_OF: Partial<Record<ContentAction, ContentKind>> = {
  delete: 'deleted',
  restore: 'restored',
  'roll back': 'rolled_back',
};

/** An event that goes through its planned steps. Its content is decided by the functions that the server uses. */
export class SimulatedEvent {
  readonly id: string;
  readonly createdAt: Date;
  content!: EventContent;
  version = 0;
  /** Milliseconds of the next step; infinity when there is none. */
  nextAt: number;
  updatedAt: Date;
  updatedBy: string;
  /** False as soon as the event may overlap others of its owner. */
  exclusive: boolean;
  /** By user id. */
  readonly members = new Map<string, Membership>();
  private readonly steps: Steps;
  private done = -1;
  private first!: EventContent;
  private movesLeft: number;

  constructor(
    private readonly dice: Dice,
    readonly plan: EventPlan,
    now: number,
  ) {
    this.id = idFrom(plan.createdAt);
    this.nextAt = plan.createdAt;
    this.createdAt = new Date(plan.createdAt);
    this.updatedAt = this.createdAt;
    this.updatedBy = plan.owner.id;
    this.exclusive = plan.exclusive;
    this.steps = chooseSteps(dice, plan, now);
    this.movesLeft = this.steps.actions.filter((action) => action === 'move').length;
  }

  get owner(): Membership {
    return [...this.members.values()].find(({ role }) => role === 'owner')!;
  }

  /** Takes the next step. Returns what changed; null when the step had nothing to change. */
  advance(): Change | null {
    const { actions, times } = this.steps;
    const action = actions[this.done];
    const at = new Date(this.nextAt);
    this.done += 1;
    this.nextAt = times[this.done] ?? Infinity;
    if (action === undefined) return this.create(at);
    return isMemberAction(action) ? this.changeMembers(action, at) : this.edit(action, at);
  }

  private create(at: Date): Change {
    const { owner } = this.plan;
    this.members.set(owner.id, { person: owner, role: 'owner', grantedBy: owner.id, grantedAt: at });
    const draft = draftContent(firstInput(this.dice, this.plan, this.movesLeft > 0), null, owner.timeZone);
    if ('errors' in draft) throw new Error(`A planned event is not valid: ${JSON.stringify(draft.errors)}`);
    this.content = this.first = draft.content;
    const changed = findChangedFields(EMPTY_CONTENT, wireContent(draft.content));
    return this.nextVersion('created', changed, owner.id, at, null);
  }

  private edit(action: ContentAction, at: Date): Change | null {
    const mayDelete = action === 'delete' || action === 'restore';
    const editors = [...this.members.values()].filter(({ role }) => role === 'editor');
    const editor = !mayDelete && editors.length > 0 && this.dice.happens(0.3) ? this.dice.pick(editors) : this.owner;
    if (isTextAction(action)) return this.writeText(action, editor.person.id, at);
    if (action === 'move') this.movesLeft -= 1;
    const { plan, content, first, movesLeft } = this;
    const edited = editByAction(this.dice, action, { plan, content, first, movesLeft, at });
    return this.write(edited, KIND_OF[action] ?? 'updated', editor.person.id, at);
  }

  /** Replaces one text, as the server would: it stores texts as they are sent, and nothing else depends on them. */
  private writeText(action: TextAction, actorId: string, at: Date): Change | null {
    const { field, value } = textByAction(this.dice, action);
    if (this.content[field] === value) return null;
    const before = this.content;
    this.content = { ...before, [field]: value };
    return this.nextVersion('updated', [field], actorId, at, before);
  }

  private write(content: EventContent, kind: ContentKind, actorId: string, at: Date): Change | null {
    const before = this.content;
    const changed = findChangedFields(wireContent(before), wireContent(content));
    if (changed.length === 0) return null;
    this.content = content;
    return this.nextVersion(kind, changed, actorId, at, before);
  }

  private nextVersion(
    kind: ContentKind,
    changed: string[],
    actorId: string,
    at: Date,
    before: EventContent | null,
  ): Change {
    this.version += 1;
    this.updatedAt = at;
    this.updatedBy = actorId;
    return { ...this.changeBy(actorId, at), kind, changed, content: this.content, before, undoes: null };
  }

  private changeMembers(action: MemberAction, at: Date): Change | null {
    const found = changeMembers(this.dice, action, this.members);
    if (!found) return null;
    const { kind, actorId, changes } = found;
    for (const { person, to } of changes) {
      if (to === null) this.members.delete(person.id);
      else this.members.set(person.id, { person, role: to, grantedBy: actorId, grantedAt: at });
    }
    // The time of the new owner was not planned for this event.
    if (kind === 'ownership_transferred') this.exclusive = false;
    const members: RoleChange[] = changes.map(({ person, from, to }) => ({ userId: person.id, from, to }));
    return { ...this.changeBy(actorId, at), kind: kind satisfies MemberKind, members };
  }

  private changeBy(actorId: string, at: Date): Omit<Change, 'kind' | 'changed' | 'content' | 'members'> {
    const { id: eventId, version } = this;
    return { eventId, eventTitle: this.content.title, version, actorId, at, comment: comment(this.dice) };
  }
}
