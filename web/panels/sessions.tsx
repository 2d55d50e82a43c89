import { useEffect, useState } from 'preact/hooks';
import { session } from '../api.js';
import type { SessionView } from '../../sdk/index.js';
import { explain } from '../state/edit.js';
import { signOut } from '../state/session.js';
import { ago } from '../time/format.js';
import { panelWords as words } from '../words/panels.js';
import { deviceName } from './device-name.js';

/** Where this account is signed in. */
export function Sessions() {
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
        <div class="links">
          <button type="button" class="btn s dng" onClick={() => void signOut(true)}>
            {words.signOutEverywhere}
          </button>
          <p class="hint">{words.signOutHint}</p>
        </div>
      )}
    </>
  );
}
