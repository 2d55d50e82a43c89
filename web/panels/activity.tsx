import { useEffect, useState } from 'preact/hooks';
import { audit } from '../api.js';
import type { AuditEntryView } from '../../sdk/index.js';
import { explain } from '../state/edit.js';
import { openEvent } from '../state/opened.js';
import { closePanel } from '../state/panel.js';
import { isMe, user, zone } from '../state/session.js';
import { capitalize, moment } from '../time/format.js';
import { Sheet } from '../ui/sheet.js';
import { panelWords } from '../words/panels.js';
import { deviceName } from './device-name.js';

const words = panelWords.activity;

/** What you did and what happened to you; for an administrator, of everybody. */
export function Activity() {
  const [entries, setEntries] = useState<AuditEntryView[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const load = async (after?: string): Promise<void> => {
    try {
      const page = await audit.list(after);
      setEntries([...(after ? (entries ?? []) : []), ...page.items]);
      setCursor(page.next_cursor);
    } catch (error) {
      explain(error);
      setEntries(entries ?? []);
    }
  };
  useEffect(() => void load(), []);
  return (
    <Sheet title={user.value?.role === 'admin' ? words.titleAll : words.title} shape="page">
      {entries === null && <div class="sk" />}
      {entries?.length === 0 && <p class="nothing">{words.nothing}</p>}
      {entries?.map((entry) => (
        <Entry key={entry.id} entry={entry} />
      ))}
      {cursor && (
        <button type="button" class="btn s" onClick={() => void load(cursor)}>
          {words.more}
        </button>
      )}
    </Sheet>
  );
}

function Entry({ entry }: { entry: AuditEntryView }) {
  const { kind, outcome, at, actor, subject, event_id: eventId, address, user_agent: agent } = entry;
  const facts = [
    moment(at, zone.value),
    actor && !isMe(actor.id) ? words.by(actor.username) : null,
    address,
    agent && deviceName(agent),
  ];
  const what = `${capitalize(kind.replaceAll('_', ' '))}${subject ? `: ${subject.username}` : ''}`;
  return (
    <div class="who">
      <span class="grow">
        <b>
          {eventId && outcome === 'ok' ? (
            <button
              type="button"
              class="link"
              onClick={() => {
                closePanel();
                openEvent(eventId);
              }}
            >
              {what}
            </button>
          ) : (
            what
          )}{' '}
          {outcome === 'refused' && <span class="tag warn">{words.refused}</span>}
        </b>
        <small>{facts.filter(Boolean).join(', ')}</small>
      </span>
    </div>
  );
}
