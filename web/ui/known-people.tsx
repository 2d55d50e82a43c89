import { people } from '../state/people.js';
import { isMe } from '../state/session.js';

/** Suggestions for a field with a user name, which refers to them as `known-people`: those who are on events of yours. */
export function KnownPeople() {
  return (
    <datalist id="known-people">
      {[...people.value.values()].map(({ id, username }) => !isMe(id) && <option key={id} value={username} />)}
    </datalist>
  );
}
