import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { KnownPerson } from '../permissions/member.js';
import { MembersService } from '../permissions/members.service.js';
import type { Queryable } from '../platform/database/database.js';
import type { Actor } from '../platform/http/actor.js';
import type { FieldError } from '../problems/problem.js';

/** A list of ids as it was sent, and its pointer in the request. */
export interface IdList {
  pointer: string;
  ids: unknown[];
}

/**
 * Finds the people whose busy time an actor may read: themselves, and people with whom they share an event. Any other
 * person gives the same error as an unknown id.
 */
@Injectable()
export class KnownPeopleService {
  constructor(private readonly members: MembersService) {}

  /** Returns the people of each list, in its order and without duplicates; or an error for each invalid id. */
  async find(
    queries: Queryable,
    actor: Actor,
    lists: IdList[],
  ): Promise<{ people: KnownPerson[][] } | { errors: FieldError[] }> {
    const wanted = lists.map(({ ids }) => ids.map((id) => (isUUID(id) ? (id as string).toLowerCase() : null)));
    const ids = [...new Set(wanted.flat().filter((id) => id !== null))];
    const found = await this.members.listKnownPeople(queries, actor.userId, ids);
    const byId = new Map(found.map((person) => [person.id, person]));
    const errors = lists.flatMap(({ pointer }, list) =>
      wanted[list]!.flatMap((id, index): FieldError[] => {
        if (id !== null && byId.has(id)) return [];
        const at = `${pointer}/${index}`;
        if (id === null) return [{ pointer: at, code: 'not_a_uuid', message: 'Must be a UUID.' }];
        return [{ pointer: at, code: 'unknown_person', message: 'You share no event with such a person.' }];
      }),
    );
    if (errors.length > 0) return { errors };
    return { people: wanted.map((list) => [...new Set(list)].map((id) => byId.get(id!)!)) };
  }
}
