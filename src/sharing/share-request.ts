import { entriesWithErrors, sortByEntry } from '../platform/http/list-errors.js';
import type { FieldError } from '../problems/problem.js';
import type { User } from '../users/user.entity.js';
import type { PersonName } from '../users/users.service.js';
import type { GivenRole } from '../permissions/role.js';

/** A person to share an event with, named by id, user name or e-mail address, and their role. */
export interface ShareRequest extends PersonName {
  role: GivenRole;
}

/** What an e-mail address in a request does. */
export interface AddressRules {
  /** Nobody may learn whether an account has an address: every one is invited. */
  arePrivate: boolean;
  /** Whether this server sends mails. */
  canInvite: boolean;
}

/** The people and addresses of a share, and what is wrong with the requests. */
export interface ResolvedShare {
  people: { userId: string; role: GivenRole }[];
  addresses: { email: string; role: GivenRole }[];
  errors: FieldError[];
}

type Found = Pick<User, 'id' | 'emailVerifiedAt'> | null;

/**
 * Matches requests with the users who were found for them. Pure.
 * @param found in the order of the requests; null where there is no such user, or where nobody may learn that
 * @param invalid the errors of requests that are not checked further
 * @param ownerId the owner of the event
 */
export function resolveShareRequests(
  requests: ShareRequest[],
  found: Found[],
  invalid: FieldError[],
  ownerId: string,
  rules: AddressRules,
): ResolvedShare {
  const skipped = entriesWithErrors('/users', invalid);
  const seen = new Set<string>();
  const errors = [...invalid];
  const people: ResolvedShare['people'] = [];
  const addresses: ResolvedShare['addresses'] = [];
  requests.forEach((request, index) => {
    if (skipped.has(index)) return;
    const pointer = `/users/${index}`;
    const user = found[index] ?? null;
    const isInvited = isAddress(request) && rules.canInvite && !user?.emailVerifiedAt;
    const key = isInvited ? request.email!.toLowerCase() : user?.id;
    const wrong =
      findWrongName(request) ??
      (isInvited ? null : findWrongPerson(request, user, ownerId, rules)) ??
      (key !== undefined && seen.has(key) ? DUPLICATE : null);
    if (wrong) errors.push({ pointer, ...wrong });
    if (key === undefined) return;
    seen.add(key);
    if (isInvited) addresses.push({ email: request.email!, role: request.role });
    else people.push({ userId: key, role: request.role });
  });
  return { people, addresses, errors: sortByEntry('/users', errors) };
}

const isAddress = ({ userId, username, email }: ShareRequest): boolean =>
  email !== undefined && userId === undefined && username === undefined;

type Wrong = Pick<FieldError, 'code' | 'message'>;

const DUPLICATE: Wrong = { code: 'duplicate', message: 'This person is in the list twice.' };

function findWrongName({ userId, username, email }: ShareRequest): Wrong | null {
  const names = [userId, username, email].filter((name) => name !== undefined);
  if (names.length === 1) return null;
  return { code: 'required', message: 'Send exactly one of `user_id`, `username` and `email`.' };
}

function findWrongPerson(
  request: ShareRequest,
  user: Found,
  ownerId: string,
  { arePrivate }: AddressRules,
): Wrong | null {
  if (isAddress(request) && arePrivate) {
    const message = 'This server sends no mails, so nobody can be invited by e-mail. Send a user name.';
    return { code: 'not_available', message };
  }
  if (!user) return { code: 'unknown_person', message: 'No such user.' };
  if (user.id !== ownerId) return null;
  const message = 'The owner already has full access. To change the owner, transfer the ownership.';
  return { code: 'not_allowed', message };
}
