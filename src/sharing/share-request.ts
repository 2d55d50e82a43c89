import { type FieldError, invalid } from '../problems/problem.js';
import type { PersonName } from '../users/users.service.js';
import type { Role } from '../permissions/role.js';

/** A person to share an event with, named by id, user name or e-mail address, and their role. */
export interface ShareRequest extends PersonName {
  role: Role;
}

/**
 * Matches requests with the users who were found for them. Pure.
 * @param found in the order of the requests; null where there is no such user
 * @throws Problem validation_failed with a pointer for each bad entry
 */
export function resolveShareRequests(
  requests: ShareRequest[],
  found: ({ id: string } | null)[],
): { userId: string; role: Role }[] {
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  const people = requests.map((request, index) => {
    const pointer = `/users/${index}`;
    const names = [request.userId, request.username, request.email].filter((name) => name !== undefined);
    const user = found[index];
    if (names.length !== 1) {
      errors.push({ pointer, code: 'required', message: 'Send exactly one of `user_id`, `username` and `email`.' });
    } else if (!user) {
      errors.push({ pointer, code: 'unknown_person', message: 'No such user.' });
    } else if (seen.has(user.id)) {
      errors.push({ pointer, code: 'duplicate', message: 'This person is in the list twice.' });
    }
    if (request.role === 'owner') {
      const message = 'An event has one owner. Transfer the ownership with PUT …/permissions/{userId}.';
      errors.push({ pointer: `${pointer}/role`, code: 'not_allowed', message });
    }
    if (user) seen.add(user.id);
    return { userId: user?.id ?? '', role: request.role };
  });
  if (errors.length > 0) throw invalid(...errors);
  return people;
}

/** @throws Problem validation_failed when the owner is one of the people */
export function refuseOwner(people: { userId: string }[], ownerId: string): void {
  const index = people.findIndex(({ userId }) => userId === ownerId);
  if (index === -1) return;
  const message = 'The owner already has full access. To change the owner, transfer the ownership.';
  throw invalid({ pointer: `/users/${index}`, code: 'not_allowed', message });
}
