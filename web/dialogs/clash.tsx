import { useState } from 'preact/hooks';
import type { FieldClashView } from '../../sdk/index.js';
import type { Change } from '../event/changes.js';
import { diffWords } from '../history/diff-words.js';
import { Marked } from '../history/difference.js';
import { Icon } from '../icons/icon.js';
import type { ClashAnswer, ClashQuestion } from '../state/dialogs.js';
import { TIMES } from '../state/offline-edit.js';
import { zone } from '../state/session.js';
import { spanIn } from '../time/format.js';
import { Modal } from '../ui/modal.js';
import { Option } from '../ui/option.js';
import { words as common } from '../words/en.js';
import { dialogWords as words } from '../words/dialogs.js';
import { eventWords } from '../words/event.js';
import { historyWords } from '../words/history.js';

const TEXTS = ['title', 'description', 'location', 'url'];

interface Row {
  name: string;
  fields: string[];
  was: string;
  mine: string;
  theirs: string;
  /** Texts can be edited here: nothing that was typed is lost. */
  editable: boolean;
}

/** A value in words. Times of a row are described together. */
function inWords(value: unknown, field: string): string {
  if (value === null || value === undefined || value === '') return words.nothing;
  if (typeof value !== 'string') return JSON.stringify(value);
  if (field === 'show_as') return eventWords.showAs[value as 'busy'] ?? value;
  if (field === 'status') return common.status[value as 'confirmed'] ?? value;
  return value;
}

function rowsOf(clashes: FieldClashView[], mine: Change): Row[] {
  const times = clashes.filter(({ field }) => TIMES.includes(field));
  const rows = clashes
    .filter(({ field }) => !TIMES.includes(field))
    .map(({ field, base, theirs, yours }) => ({
      name:
        (historyWords.fields as Record<string, string>)[
          field === 'url' ? 'link' : field === 'show_as' ? 'showAs' : field
        ] ?? field,
      fields: [field],
      was: inWords(base, field),
      mine: inWords(yours, field),
      theirs: inWords(theirs, field),
      editable: TEXTS.includes(field),
    }));
  if (times.length === 0) return rows;
  const side = (name: 'base' | 'theirs' | 'yours'): string => {
    const value = (field: string): unknown => times.find((clash) => clash.field === field)?.[name];
    const [start, end] = [value('start_time'), value('end_time')];
    if (typeof start === 'string' && typeof end === 'string')
      return spanIn(start, end, !start.includes('T'), zone.value);
    return times.map(({ field, [name]: part }) => inWords(part, field)).join(', ');
  };
  const fields = TIMES.filter((field) => field in mine);
  rows.unshift({
    name: historyWords.fields.when,
    fields,
    was: side('base'),
    mine: side('yours'),
    theirs: side('theirs'),
    editable: false,
  });
  return rows;
}

/** One choice for each field that both sides changed. */
export function Clash({ question, answer }: { question: ClashQuestion; answer: (given: ClashAnswer | null) => void }) {
  const { refusal, by, mine } = question;
  const rows = rowsOf(refusal.problem.clashes ?? [], mine);
  const asked = rows.flatMap(({ fields }) => fields);
  // What only one side changed needs no choice.
  const { change_comment: _why, on_conflict: _how, ...content } = mine;
  const hasMore = Object.keys(content).some((field) => !asked.includes(field));
  const [theirs, setTheirs] = useState<ReadonlySet<string>>(new Set());
  const [texts, setTexts] = useState<Record<string, string>>({});

  const save = (): void => {
    const change: Record<string, unknown> = { ...mine };
    for (const { name, fields, editable } of rows) {
      const [field] = fields;
      if (theirs.has(name)) for (const each of fields) delete change[each];
      else if (editable && field && texts[field] !== undefined) change[field] = texts[field] || null;
    }
    answer({ choice: 'save', change: change });
  };

  return (
    <Modal
      title={words.clashTitle(by)}
      lead={words.clashLead(rows.length)}
      width={640}
      close={() => answer(null)}
      footer={
        <>
          <button type="button" class="btn plain" onClick={() => answer(null)}>
            {common.cancel}
          </button>
          <span class="grow" />
          <button type="button" class="btn" onClick={() => answer({ choice: 'discard' })}>
            {words.discardMine}
          </button>
          <button type="button" class="btn pri" onClick={save}>
            {common.save}
          </button>
        </>
      }
    >
      {rows.map((row) => {
        const { name, was, editable } = row;
        const field = row.fields[0] ?? name;
        const own = texts[field] ?? row.mine;
        const choose = (their: boolean): void => {
          const next = new Set(theirs);
          if (their) next.add(name);
          else next.delete(name);
          setTheirs(next);
        };
        return (
          <div class="mg" key={name}>
            <h3>
              {name} <small>{words.was(was)}</small>
            </h3>
            <div class="two" role="radiogroup" aria-label={name}>
              <Option on={!theirs.has(name)} choose={() => choose(false)}>
                <b>{words.keepMine}</b>
                <span>
                  <Marked text={diffWords(was, own)} without="delete" />
                </span>
              </Option>
              <Option on={theirs.has(name)} choose={() => choose(true)}>
                <b>{words.takeTheirs(by)}</b>
                <span>
                  <Marked text={diffWords(was, row.theirs)} without="delete" />
                </span>
              </Option>
            </div>
            {editable && !theirs.has(name) && (
              <label class="edit-mine">
                <span class="label">{words.editMine}</span>
                <textarea
                  class="in"
                  rows={field === 'description' ? 4 : 1}
                  value={own === words.nothing ? '' : own}
                  onInput={({ currentTarget }) => setTexts({ ...texts, [field]: currentTarget.value })}
                />
              </label>
            )}
          </div>
        );
      })}
      {hasMore && (
        <div class="note">
          <Icon name="check" />
          <span>{words.merged}</span>
        </div>
      )}
    </Modal>
  );
}
