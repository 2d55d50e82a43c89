import { useEffect, useState } from 'preact/hooks';
import type { InvitationView } from '../../sdk/index.js';
import { people, Refusal } from '../api.js';
import { explain } from '../state/edit.js';
import { event } from '../state/opened.js';
import { ago } from '../time/format.js';
import { words as common } from '../words/en.js';
import { eventWords as words } from '../words/event.js';

/** Addresses that were invited and have not accepted yet. */
export function Invitations() {
  const [invited, setInvited] = useState<InvitationView[]>([]);
  const id = event.value!.id;
  const read = (): void => {
    people.invitations(id).then(setInvited, (error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
      setInvited([]);
    });
  };
  useEffect(read, [id, event.value]);
  if (invited.length === 0) return null;
  const withdraw = async (invitation: string): Promise<void> => {
    try {
      await people.revokeInvitation(id, invitation);
      read();
    } catch (error) {
      explain(error);
    }
  };
  return (
    <>
      <h3 class="label count">{words.invited}</h3>
      <ul>
        {invited.map(({ id: invitation, email, role, invited_at: at }) => (
          <li class="who" key={invitation}>
            <div class="grow">
              <b class="ell">{email}</b>
              <small class="ell">{words.invitedAs(common.roles[role], ago(at))}</small>
            </div>
            <button type="button" class="btn s" onClick={() => void withdraw(invitation)}>
              {words.withdraw}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
