import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { Acquaintance } from '../permissions/member.js';
import { MembersService } from '../permissions/members.service.js';
import type { Actor } from '../platform/http/actor.js';
import type { FieldError } from '../problems/problem.js';

/** A list of ids as it was sent, and where it stands in the request. */
export interface IdList {
  pointer: string;
  ids: unknown[];
}

/**
 * The people about whose time one may ask: oneself, and everybody with whom one shares an event. Anybody else is
 * refused in the same words as an id that nobody has.
 */
@Injectable()
export class KnownPeopleService {
  constructor(private readonly members: MembersService) {}

  /** The people of each list, each once and in its order; or what is wrong, at every id. */
  async find(actor: Actor, lists: IdList[]): Promise<{ people: Acquaintance[][] } | { errors: FieldError[] }> {
    const wanted = lists.map(({ ids }) => ids.map((id) => (isUUID(id) ? (id as string).toLowerCase() : null)));
    const ids = [...new Set(wanted.flat().filter((id) => id !== null))];
    const found = await this.members.listAcquaintances(actor.userId, ids);
    const byId = new Map(found.map((person) => [person.id, person]));
    const errors = lists.flatMap(({ pointer }, list) =>
      wanted[list]!.flatMap((id, index): FieldError[] => {
        if (id !== null && byId.has(id)) return [];
        const at = `${pointer}/${index}`;
        if (id === null) return [{ pointer: at, code: 'not_a_uuid', message: 'Must be a UUID.' }];
        return [{ pointer: at, code: 'unknown_person', message: 'Nobody with whom you share an event.' }];
      }),
    );
    if (errors.length > 0) return { errors };
    return { people: wanted.map((list) => [...new Set(list)].map((id) => byId.get(id!)!)) };
  }
}
