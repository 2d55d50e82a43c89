import { entriesWithErrors, sortByEntry } from '../platform/http/list-errors.js';
import type { FieldError } from '../problems/problem.js';
import type { PersonName } from '../users/users.service.js';
import type { Role } from '../permissions/role.js';

/** A person to share an event with, named by id, user name or e-mail address, and their role. */
export interface ShareRequest extends PersonName {
  role: Role;
}

/** The people of a share, and what is wrong with the requests. */
export interface ResolvedShare {
  people: { userId: string; role: Role }[];
  errors: FieldError[];
}

/**
 * Matches requests with the users who were found for them. Pure.
 * @param found in the order of the requests; null where there is no such user
 * @param invalid the errors of requests that are not checked further
 * @param ownerId the owner of the event
 */
export function resolveShareRequests(
  requests: ShareRequest[],
  found: ({ id: string } | null)[],
  invalid: FieldError[],
  ownerId: string,
): ResolvedShare {
  const skipped = entriesWithErrors('/users', invalid);
  const seen = new Set<string>();
  const errors = [...invalid];
  const people: ResolvedShare['people'] = [];
  requests.forEach((request, index) => {
    if (skipped.has(index)) return;
    const pointer = `/users/${index}`;
    const user = found[index] ?? null;
    const wrong = findWrongPerson(request, user, seen, ownerId);
    if (wrong) errors.push({ pointer, ...wrong });
    if (request.role === 'owner') {
      const message = 'An event has one owner. Transfer the ownership with PUT …/permissions/{userId}.';
      errors.push({ pointer: `${pointer}/role`, code: 'not_allowed', message });
    }
    if (!user) return;
    seen.add(user.id);
    people.push({ userId: user.id, role: request.role });
  });
  return { people, errors: sortByEntry('/users', errors) };
}

function findWrongPerson(
  request: ShareRequest,
  user: { id: string } | null,
  seen: Set<string>,
  ownerId: string,
): Pick<FieldError, 'code' | 'message'> | null {
  const names = [request.userId, request.username, request.email].filter((name) => name !== undefined);
  if (names.length !== 1) {
    return { code: 'required', message: 'Send exactly one of `user_id`, `username` and `email`.' };
  }
  if (!user) return { code: 'unknown_person', message: 'No such user.' };
  if (seen.has(user.id)) return { code: 'duplicate', message: 'This person is in the list twice.' };
  if (user.id !== ownerId) return null;
  const message = 'The owner already has full access. To change the owner, transfer the ownership.';
  return { code: 'not_allowed', message };
}
