import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RoleChange } from '../permissions/member.js';
import type { Role } from '../permissions/role.js';
import { undoRoles } from './undo-roles.js';

const roles = (people: Record<string, Role>): Map<string, Role> => new Map(Object.entries(people));
const change = (userId: string, from: Role | null, to: Role | null): RoleChange => ({ userId, from, to });

describe('undoRoles', () => {
  const shared = [change('ben', null, 'editor'), change('cid', null, 'viewer')];
  const transfer = [change('ben', 'editor', 'owner'), change('ana', 'owner', 'editor')];

  it('removes the members that a share added', () => {
    expect(undoRoles(shared, roles({ ana: 'owner', ben: 'editor', cid: 'viewer' }))).toEqual({
      roleChanges: [change('ben', 'editor', null), change('cid', 'viewer', null)],
    });
  });

  it('skips people who have the previous role already', () => {
    expect(undoRoles(shared, roles({ ana: 'owner', cid: 'viewer' }))).toEqual({
      roleChanges: [change('cid', 'viewer', null)],
    });
    expect(undoRoles(shared, roles({ ana: 'owner' }))).toEqual({ roleChanges: [] });
  });

  it('returns everybody whose role changed again since, and undoes nothing', () => {
    expect(undoRoles(shared, roles({ ana: 'owner', ben: 'viewer', cid: 'viewer' }))).toEqual({
      clashes: [{ userId: 'ben', base: 'editor', theirs: 'viewer', yours: null }],
    });
  });

  it('undoes a transfer completely or not at all', () => {
    expect(undoRoles(transfer, roles({ ben: 'owner', ana: 'editor' }))).toEqual({
      roleChanges: [change('ben', 'owner', 'editor'), change('ana', 'editor', 'owner')],
    });
    expect(undoRoles(transfer, roles({ ben: 'editor', ana: 'owner' }))).toEqual({ roleChanges: [] });
    // Ben transferred the ownership to Cid. Ana still has the role of the first change, and must not become a second owner.
    expect(undoRoles(transfer, roles({ cid: 'owner', ben: 'editor', ana: 'editor' }))).toEqual({
      clashes: [{ userId: 'ben', base: 'owner', theirs: 'editor', yours: 'editor' }],
    });
    expect(undoRoles(transfer, roles({ ben: 'owner' }))).toEqual({
      clashes: [{ userId: 'ana', base: 'editor', theirs: null, yours: 'owner' }],
    });
  });

  const people = ['ana', 'ben', 'cid', 'dee'];
  const guest = fc.constantFrom<Role | null>(null, 'viewer', 'editor');
  const guests = fc.tuple(guest, guest, guest);
  const stateOf = (owner: number, others: (Role | null)[]): Map<string, Role> => {
    const rest = people.filter((_, index) => index !== owner);
    const on = rest.flatMap((name, index) => (others[index] ? [[name, others[index]] as const] : []));
    return new Map([[people[owner]!, 'owner' as const], ...on]);
  };

  it('restores exactly the previous state, or changes nothing, and always leaves one owner', () => {
    const state = fc.tuple(fc.nat({ max: 3 }), guests).map(([owner, others]) => stateOf(owner, others));
    fc.assert(
      fc.property(state, state, state, (before, after, now) => {
        const made = people
          .map((userId) => change(userId, before.get(userId) ?? null, after.get(userId) ?? null))
          .filter(({ from, to }) => from !== to);
        const apply = (changes: RoleChange[]): Map<string, Role> => {
          const result = new Map(now);
          for (const { userId, from, to } of changes) {
            expect(result.get(userId) ?? null).toBe(from);
            if (to) result.set(userId, to);
            else result.delete(userId);
          }
          return result;
        };
        const found = undoRoles(made, now);
        if ('clashes' in found) {
          expect(found.clashes.length).toBeGreaterThan(0);
          for (const { userId, base, theirs } of found.clashes) {
            expect(theirs).toBe(now.get(userId) ?? null);
            expect(theirs).not.toBe(base);
          }
          return;
        }
        const result = apply(found.roleChanges);
        for (const { userId, from } of made) expect(result.get(userId) ?? null).toBe(from);
        const untouched = people.filter((name) => !made.some(({ userId }) => userId === name));
        for (const name of untouched) expect(result.get(name)).toBe(now.get(name));
        const handedOver = made.some(({ to }) => to === 'owner');
        if (found.roleChanges.length > 0 && handedOver) {
          expect([...result.values()].filter((role) => role === 'owner')).toHaveLength(1);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
