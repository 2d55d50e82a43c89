import type { MemberKind } from '../../src/history/change.js';
import type { Role } from '../../src/permissions/role.js';
import type { Dice } from './dice.js';
import type { MemberAction } from './event-steps.js';
import type { SimulatedPerson } from './people.js';
import type { Membership } from './simulated-event.js';

interface Changed {
  kind: MemberKind;
  actorId: string;
  changes: { person: SimulatedPerson; from: Role | null; to: Role | null }[];
}

const MAX_MEMBERS = 6;

/** Chooses who gets which role. Returns null when nobody is there to get or to lose one. */
export function changeMembers(
  dice: Dice,
  action: MemberAction,
  members: ReadonlyMap<string, Membership>,
): Changed | null {
  const all = [...members.values()];
  const owner = all.find(({ role }) => role === 'owner')!;
  const others = all.filter((member) => member !== owner);
  const actorId = owner.person.id;
  if (action === 'share') {
    const room = MAX_MEMBERS - all.length;
    const people = dice.sample(owner.person.team, 1 + dice.below(5)).filter(({ id }) => !members.has(id));
    const added = people.slice(0, room).map((person) => ({ person, from: null, to: chooseRole(dice) }));
    return added.length > 0 ? { kind: 'shared', actorId, changes: added } : null;
  }
  if (others.length === 0) return null;
  const { person, role } = dice.pick(others);
  switch (action) {
    case 'change role':
      return { kind: 'role_changed', actorId, changes: [{ person, from: role, to: opposite(role) }] };
    case 'revoke':
      return { kind: 'revoked', actorId, changes: [{ person, from: role, to: null }] };
    case 'leave':
      return { kind: 'revoked', actorId: person.id, changes: [{ person, from: role, to: null }] };
    case 'transfer': {
      const changes: Changed['changes'] = [
        { person, from: role, to: 'owner' },
        { person: owner.person, from: 'owner', to: 'editor' },
      ];
      return { kind: 'ownership_transferred', actorId, changes };
    }
  }
}

const chooseRole = (dice: Dice): Role => (dice.happens(0.4) ? 'editor' : 'viewer');
const opposite = (role: Role): Role => (role === 'editor' ? 'viewer' : 'editor');
