import type * as wire from './generated/types.gen.js';
import type { CallOptions } from './http.js';
import { Resource } from './resource.js';
import type { Input, Person, QueryOf } from './types.js';

/** Looking people up. */
export class Users extends Resource {
  /** The person with this whole name or address; null when there is none that you may find. */
  async find(by: QueryOf<wire.FindUsersData>, options?: CallOptions): Promise<Person | null> {
    const { items } = await this.read<wire.PeopleView>('/api/users', by, options);
    return items[0] ?? null;
  }
}

/** When people are busy, and when they are not. */
export class Availability extends Resource {
  /** The busy times of people with whom you share an event. Times only, no events. */
  freeBusy(query: QueryOf<wire.GetFreeBusyData>, options?: CallOptions): Promise<wire.FreeBusyView> {
    return this.read('/api/free-busy', query, options);
  }

  /** The best times at which everybody is free. */
  findTime(question: Input<wire.FindTimeBody>, options?: CallOptions): Promise<wire.FoundTimesView> {
    return this.call({ method: 'POST', path: '/api/find-time', body: question, repeatable: true }, options);
  }
}
