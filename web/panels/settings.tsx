import { useEffect, useState } from 'preact/hooks';
import { session } from '../api.js';
import type { SessionView } from '../../sdk/index.js';
import { Icon } from '../icons/icon.js';
import { explain } from '../state/edit.js';
import { lettersAct, secondZone, theme, type Theme } from '../state/preferences.js';
import { signOut, updateAccount, user } from '../state/session.js';
import { ago } from '../time/format.js';
import { allZones } from '../time/zoned.js';
import { Avatar } from '../ui/avatar.js';
import { Sheet } from '../ui/sheet.js';
import { words as common } from '../words/en.js';
import { panelWords as words } from '../words/panels.js';
import { openPanel } from '../state/panel.js';
import { AccountForms } from './account-forms.js';
import { CalendarFiles } from './calendar-files.js';
import { deviceName } from './device-name.js';
import { EraseAccount } from './erase-account.js';

export function Settings() {
  const me = user.value!;
  return (
    <Sheet title={common.settings} shape="page">
      <div class="who">
        <Avatar person={me} size="l" />
        <span class="grow">
          <b>{me.username}</b>
          <small>{me.email}</small>
        </span>
        <button type="button" class="btn s" onClick={() => void signOut()}>
          {words.signOut}
        </button>
      </div>
      <h3>{words.appearance}</h3>
      <span class="seg" role="radiogroup" aria-label={words.appearance}>
        {(['system', 'light', 'dark'] satisfies Theme[]).map((name) => (
          <button
            type="button"
            key={name}
            role="radio"
            aria-checked={theme.value === name}
            onClick={() => (theme.value = name)}
          >
            {words.themes[name]}
          </button>
        ))}
      </span>
      <h3>{words.time}</h3>
      <Zone
        label={words.homeZone}
        value={me.time_zone}
        choose={(zone) => {
          if (zone) updateAccount({ time_zone: zone }).catch(explain);
        }}
      />
      <Zone label={words.secondZone} value={secondZone.value} optional choose={(zone) => (secondZone.value = zone)} />
      <h3>{words.keyboard}</h3>
      <label class="row check">
        <input
          type="checkbox"
          class="sw"
          role="switch"
          checked={lettersAct.value}
          onChange={({ currentTarget }) => (lettersAct.value = currentTarget.checked)}
        />
        {words.letters}
      </label>
      <CalendarFiles />
      <AccountForms />
      <Sessions />
      <div class="row links">
        <button type="button" class="btn s" onClick={() => openPanel('activity')}>
          {words.activity.title}
        </button>
        {me.role === 'admin' && (
          <button type="button" class="btn s" onClick={() => openPanel('administration')}>
            {words.admin.title}
          </button>
        )}
      </div>
      <EraseAccount />
      <p class="about">
        <a href="/about">{words.about}</a>
      </p>
    </Sheet>
  );
}

interface ZoneProps {
  label: string;
  value: string | null;
  optional?: boolean;
  choose: (zone: string | null) => void;
}

function Zone({ label, value, optional = false, choose }: ZoneProps) {
  const zones = allZones();
  return (
    <label class="field">
      <span>{label}</span>
      <span class="select wide">
        <select class="in s" value={value ?? ''} onChange={({ currentTarget }) => choose(currentTarget.value || null)}>
          {optional && <option value="">{words.noZone}</option>}
          {(value && !zones.includes(value) ? [value, ...zones] : zones).map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <Icon name="down" />
      </span>
    </label>
  );
}

function Sessions() {
  const [sessions, setSessions] = useState<SessionView[]>([]);
  useEffect(() => {
    session.list().then(setSessions, explain);
  }, []);
  const end = async (id: string): Promise<void> => {
    try {
      await session.end(id);
      setSessions(sessions.filter((other) => other.id !== id));
    } catch (error) {
      explain(error);
    }
  };
  return (
    <>
      <h3>{words.sessions}</h3>
      {sessions.map(({ id, current, address, last_used_at: used, user_agent: agent }) => (
        <div class="who" key={id}>
          <span class="grow">
            <b>
              {deviceName(agent)} {current && <span class="tag acc">{words.thisDevice}</span>}
            </b>
            <small>{words.used(address, ago(used))}</small>
          </span>
          {!current && (
            <button type="button" class="btn s dng" onClick={() => void end(id)}>
              {words.signOut}
            </button>
          )}
        </div>
      ))}
      {sessions.length > 1 && (
        <button type="button" class="btn s dng" onClick={() => void signOut(true)}>
          {words.signOutEverywhere}
        </button>
      )}
    </>
  );
}
