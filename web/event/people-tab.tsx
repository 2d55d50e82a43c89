import { useState } from 'preact/hooks';
import { people, Refusal } from '../api.js';
import type { PermissionView } from '../../sdk/index.js';
import { Icon } from '../icons/icon.js';
import { explain } from '../state/edit.js';
import { changePeople, leave } from '../state/members.js';
import { decide } from '../state/dialogs.js';
import { event, members } from '../state/opened.js';
import { isMe, user, zone } from '../state/session.js';
import { listed, moment } from '../time/format.js';
import { Avatar } from '../ui/avatar.js';
import { dialogWords as dialogs } from '../words/dialogs.js';
import { KnownPeople } from '../ui/known-people.js';
import { words as common } from '../words/en.js';
import { eventWords as words } from '../words/event.js';
import { Invitations } from './invitations.js';

type GivenRole = 'viewer' | 'editor';
interface Chip {
  /** Of the account; an address has none that anybody may look up, and is invited. */
  id: string;
  username: string;
  email?: string;
}

/** Who takes part, with which role; for the owner, also who is added. */
export function PeopleTab() {
  const now = event.value!;
  const [chips, setChips] = useState<Chip[]>([]);
  const [role, setRole] = useState<GivenRole>('viewer');
  const canShare = now.can.includes('share');

  const share = async (): Promise<void> => {
    const users = chips.map(({ id, email }) => (email ? { email, role } : { user_id: id, role }));
    const said = common.toast.shared(listed(chips.map(({ username }) => username)));
    if (
      await changePeople(now, said, () => people.share(now.id, users), {
        undoable: users.length === 1 && !chips[0]?.email,
      })
    )
      setChips([]);
  };

  return (
    <>
      <div class="db" id="drawer-panel" role="tabpanel" aria-labelledby="tab-people">
        {canShare && (
          <AddPeople chips={chips} setChips={setChips} role={role} setRole={setRole} submit={() => void share()} />
        )}
        <h3 class="label count">{words.peopleCount(members.value.length)}</h3>
        <ul>
          {members.value.map((member) => (
            <Member key={member.user_id} member={member} canShare={canShare} />
          ))}
        </ul>
        {canShare && <Invitations key={members.value.length} />}
      </div>
      <div class="df" hidden={now.role === 'owner' && chips.length === 0}>
        {now.role !== 'owner' && (
          <button type="button" class="btn" onClick={() => void leave(now, user.value!.id)}>
            {words.leave}
          </button>
        )}
        <span class="grow" />
        {chips.length > 0 && (
          <button type="button" class="btn pri" onClick={() => void share()}>
            {words.shareWith(listed(chips.map(({ username }) => username)))}
          </button>
        )}
      </div>
    </>
  );
}

interface AddProps {
  chips: Chip[];
  setChips: (chips: Chip[]) => void;
  role: GivenRole;
  setRole: (role: GivenRole) => void;
  submit: () => void;
}

function AddPeople({ chips, setChips, role, setRole, submit }: AddProps) {
  const [text, setText] = useState('');
  const [error, setError] = useState('');

  /** Adds everybody who is named; neither names nor addresses contain commas or spaces. What is unknown stays to be corrected. */
  const add = async (): Promise<void> => {
    const names = text.split(/[\s,;]+/).filter(Boolean);
    if (names.length === 0) return chips.length > 0 ? submit() : undefined;
    const all = new Map(chips.map((chip) => [chip.id, chip]));
    const unknown: string[] = [];
    for (const name of names) {
      try {
        const found = name.includes('@') ? { id: name, username: name, email: name } : await people.find(name);
        if (found) all.set(found.id, found);
        else unknown.push(name);
      } catch (refusal) {
        if (!(refusal instanceof Refusal && ['validation_failed', 'not_found'].includes(refusal.code)))
          return explain(refusal);
        unknown.push(name);
      }
    }
    setChips([...all.values()]);
    setText(unknown.join(', '));
    setError(unknown.length > 0 ? words.unknown(unknown.join('” or “')) : '');
  };

  return (
    <>
      <label class="label" for="add-people">
        {words.addPeople}
      </label>
      <div class="row add">
        <div class={`in grow ${error ? 'err' : ''}`}>
          {chips.map(({ id, username }) => (
            <span key={id} class="tag chip-person">
              <Avatar person={{ id, username }} size="s" />
              {username}
              <button
                type="button"
                aria-label={words.removeChip(username)}
                onClick={() => setChips(chips.filter((chip) => chip.id !== id))}
              >
                <Icon name="x" />
              </button>
            </span>
          ))}
          <input
            id="add-people"
            list="known-people"
            class="bare grow"
            value={text}
            placeholder={chips.length === 0 ? words.usernameOrEmail : ''}
            autocapitalize="none"
            autocomplete="off"
            spellcheck={false}
            aria-describedby="add-hint"
            aria-invalid={Boolean(error)}
            onInput={({ currentTarget }) => {
              setText(currentTarget.value);
              setError('');
            }}
            onKeyDown={(key) => {
              if (key.key === 'Enter' || key.key === ',') {
                key.preventDefault();
                void add();
              } else if (key.key === 'Backspace' && !text) setChips(chips.slice(0, -1));
            }}
            onBlur={() => text.trim() && void add()}
          />
          <KnownPeople />
        </div>
        <span class="select">
          <select
            class="btn tall"
            aria-label={words.role}
            value={role}
            onChange={({ currentTarget }) => setRole(currentTarget.value as GivenRole)}
          >
            <option value="viewer">{common.roles.viewer}</option>
            <option value="editor">{common.roles.editor}</option>
          </select>
          <Icon name="down" />
        </span>
      </div>
      <p class={`hint ${error ? 'err' : ''}`} id="add-hint" role={error ? 'alert' : undefined}>
        {error || words.addHint}
      </p>
    </>
  );
}

function Member({ member, canShare }: { member: PermissionView; canShare: boolean }) {
  const { user_id: id, username, role, granted_by, granted_at } = member;
  const when = moment(granted_at, zone.value);
  return (
    <li class="who">
      <Avatar person={{ id, username }} size="l" />
      <div class="grow">
        <b class="ell">
          {username} {isMe(id) && <span class="mut">{words.isYou}</span>}
        </b>
        <small class="ell">
          {role === 'owner'
            ? words.createdIt(when)
            : words.addedBy(isMe(granted_by.id) ? null : granted_by.username, when)}
        </small>
      </div>
      {canShare && role !== 'owner' ? <RoleMenu member={member} /> : <span class="role">{common.roles[role]}</span>}
    </li>
  );
}

function RoleMenu({ member }: { member: PermissionView }) {
  const now = event.value!;
  const { user_id: id, username, role } = member;
  const choose = async (choice: string): Promise<void> => {
    if (choice === 'remove') {
      await changePeople(now, common.toast.removed(username), () => people.remove(now.id, id));
    } else if (choice === 'owner') {
      const answer = await decide({
        kind: 'confirm',
        title: dialogs.transfer,
        lead: dialogs.transferLead(username),
        act: dialogs.transferTo(username),
      });
      if (!answer) return;
      const transfer = (onConflict: 'reject' | 'allow') => people.transfer(now.id, id, onConflict);
      await changePeople(now, common.toast.transferred(username), transfer, { undoable: false });
    } else {
      const given = choice as GivenRole;
      await changePeople(now, common.toast.roleChanged(username, common.roles[given]), () =>
        people.setRole(now.id, id, given),
      );
    }
  };
  return (
    <span class="select role-menu">
      <select
        class="sel"
        aria-label={words.roleOf(username)}
        value={role}
        onChange={({ currentTarget }) => {
          const { value } = currentTarget;
          // The list shows what the server says, not what was clicked.
          currentTarget.value = role;
          void choose(value);
        }}
      >
        <option value="viewer" title={words.viewerHint}>
          {common.roles.viewer}
        </option>
        <option value="editor" title={words.editorHint}>
          {common.roles.editor}
        </option>
        <hr />
        <option value="owner">{words.transferTo}</option>
        <option value="remove">{words.remove(username)}</option>
      </select>
      <Icon name="down" />
    </span>
  );
}
