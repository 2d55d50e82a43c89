import { explain } from '../state/edit.js';
import { flush, retry } from '../state/flush.js';
import type { Edit } from '../state/offline-edit.js';
import { edits, forget, isLocal } from '../state/outbox.js';
import { ago } from '../time/format.js';
import { Sheet } from '../ui/sheet.js';
import { historyWords } from '../words/history.js';
import { panelWords as words } from '../words/panels.js';

const TEXTS = { title: 'title', location: 'location', url: 'link', description: 'description' } as const;

/** What is not sent yet, with every word that was typed. */
export function Outbox() {
  const waiting = edits.value;
  return (
    <Sheet title={words.outbox.title} shape="page">
      {waiting.length === 0 && <p class="nothing">{words.outbox.empty}</p>}
      {waiting.map((edit) => (
        <Waiting key={edit.order} edit={edit} />
      ))}
      {waiting.length > 0 && (
        <button type="button" class="btn s" onClick={() => void flush().catch(explain)}>
          {words.outbox.sendNow}
        </button>
      )}
    </Sheet>
  );
}

function Waiting({ edit }: { edit: Edit }) {
  const { kind, subject, held, at } = edit;
  const typed = Object.entries(TEXTS).flatMap(([field, name]) => {
    const value = (edit.change as Record<string, unknown>)[field];
    return typeof value === 'string' && value ? [{ name: historyWords.fields[name], value }] : [];
  });
  const discard = async (): Promise<void> => {
    // Without its creation there is nothing that later edits could change.
    const all =
      kind === 'create' && isLocal(subject.id) ? edits.value.filter((each) => each.subject.id === subject.id) : [edit];
    for (const each of all) await forget(each);
  };
  return (
    <div class="who waiting">
      <span class="grow">
        <b>{words.outbox.kinds[kind](subject.title)}</b>
        <small>
          {ago(new Date(at).toISOString())}
          {held !== null && `. ${held === 'asks' || held === 'left' ? words.outbox.asks : held}`}
        </small>
        {typed.length > 0 && (
          <dl>
            {typed.map(({ name, value }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd class="txt">{value}</dd>
              </div>
            ))}
          </dl>
        )}
      </span>
      {held !== null && (
        <button type="button" class="btn s" onClick={() => void retry(edit).catch(explain)}>
          {held === 'asks' || held === 'left' ? words.outbox.decide : words.outbox.sendNow}
        </button>
      )}
      <button type="button" class="btn s dng" onClick={() => void discard()}>
        {words.outbox.discard}
      </button>
    </div>
  );
}
