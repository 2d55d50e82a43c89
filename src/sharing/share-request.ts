import { type FieldError, invalid } from '../problems/problem.js';
import type { PersonName } from '../users/users.service.js';
import type { Role } from '../permissions/role.js';

/** Somebody to let onto an event, by one of his names. */
export interface ShareRequest extends PersonName {
  role: Role;
}

/**
 * Puts requests and the people who were found for them together.
 * @param found in the order of the requests; null where nobody has that name
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
      errors.push({ pointer, code: 'required', message: 'Give exactly one of `user_id`, `username`, `email`.' });
    } else if (!user) {
      errors.push({ pointer, code: 'unknown_person', message: 'Nobody has that name.' });
    } else if (seen.has(user.id)) {
      errors.push({ pointer, code: 'duplicate', message: 'This person stands in the list twice.' });
    }
    if (request.role === 'owner') {
      const message = 'An event is handed over with PUT …/permissions/{userId}, not shared.';
      errors.push({ pointer: `${pointer}/role`, code: 'not_allowed', message });
    }
    if (user) seen.add(user.id);
    return { userId: user?.id ?? '', role: request.role };
  });
  if (errors.length > 0) throw invalid(...errors);
  return people;
}

/** @throws Problem validation_failed */
export function refuseOwner(people: { userId: string }[], ownerId: string): void {
  const index = people.findIndex(({ userId }) => userId === ownerId);
  if (index === -1) return;
  const message = 'The owner already has every right; hand the event over instead.';
  throw invalid({ pointer: `/users/${index}`, code: 'not_allowed', message });
}
