import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { decide } from '../state/dialogs.js';
import { explain } from '../state/edit.js';
import { showToast } from '../state/toasts.js';
import { ago } from '../time/format.js';
import { panelWords } from '../words/panels.js';
import { ShownOnce } from './shown-once.js';

/** What the server lists of a secret; the secret itself is in the answer that made it, and in no other. */
interface Listed {
  id: string;
  name: string | null;
  last_used_at: string | null;
}

type Words = (typeof panelWords)['feeds' | 'apps'];

interface Props<Item extends Listed, Made extends Item> {
  words: Words;
  load: () => Promise<Item[]>;
  make: (name: string) => Promise<Made>;
  /** Gives it another secret. */
  replace?: (id: string) => Promise<Made>;
  revoke: (id: string) => Promise<void>;
  secretOf: (made: Made) => string;
  /** What else is said of one in the list. */
  describe?: (item: Item) => string;
  /** What else is asked when one is made. */
  fields?: ComponentChildren;
  /** Shown with a new secret. */
  children?: ComponentChildren;
}

/** Secrets that a person gives to applications: made and shown once, listed, replaced, revoked. */
export function Secrets<Item extends Listed, Made extends Item>(props: Props<Item, Made>) {
  const { words, load, secretOf, describe } = props;
  const [list, setList] = useState<Item[] | null>(null);
  const [made, setMade] = useState<Made | null>(null);
  const [name, setName] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    load().then(setList, explain);
  }, []);
  const nameOf = (item: Listed): string => item.name ?? panelWords.unnamed;

  /** Does what the server may refuse, and shows what there is afterwards. */
  const act = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      setList(await load());
    } catch (error) {
      explain(error);
    }
  };
  const make = (): Promise<void> =>
    act(async () => {
      setMade(await props.make(name.trim()));
      setName('');
    });
  const replace = async (item: Item): Promise<void> => {
    const question = { title: panelWords.replaceOf(nameOf(item)), lead: panelWords.replaceLead };
    if (!(await decide({ kind: 'confirm', ...question, act: panelWords.replace }))) return;
    await act(async () => setMade(await props.replace!(item.id)));
  };
  const revoke = async (item: Item): Promise<void> => {
    const question = { title: panelWords.revokeOf(nameOf(item)), lead: words.revokeLead, act: panelWords.revoke };
    if (!(await decide({ kind: 'confirm', ...question, isDangerous: true }))) return;
    await act(async () => {
      await props.revoke(item.id);
      if (made?.id === item.id) setMade(null);
      showToast({ text: panelWords.revoked(nameOf(item)) });
      // Its row, which had the focus, is gone.
      heading.current?.focus();
    });
  };

  return (
    <>
      <h3 tabIndex={-1} ref={heading}>
        {words.title}
      </h3>
      <p class="lead">{words.lead}</p>
      {list?.length === 0 && <p class="mut">{words.none}</p>}
      <ul aria-label={words.title}>
        {list?.map((item) => (
          <li class="who" key={item.id}>
            <span class="grow">
              <b class="ell">{nameOf(item)}</b>
              <small>
                {describe && `${describe(item)}, `}
                {words.used(item.last_used_at && ago(item.last_used_at))}
              </small>
            </span>
            {props.replace && (
              <button
                type="button"
                class="btn s"
                aria-label={panelWords.replaceOf(nameOf(item))}
                onClick={() => void replace(item)}
              >
                {panelWords.replace}
              </button>
            )}
            <button
              type="button"
              class="btn s dng"
              aria-label={panelWords.revokeOf(nameOf(item))}
              onClick={() => void revoke(item)}
            >
              {panelWords.revoke}
            </button>
          </li>
        ))}
      </ul>
      {made ? (
        <ShownOnce
          title={words.made(nameOf(made))}
          lead={words.once}
          label={words.secret}
          value={secretOf(made)}
          close={() => {
            setMade(null);
            heading.current?.focus();
          }}
        >
          {props.children}
        </ShownOnce>
      ) : (
        <form
          class="make"
          onSubmit={(submit) => {
            submit.preventDefault();
            void make();
          }}
        >
          <label class="field">
            <span>{words.name}</span>
            <input
              class="in s"
              value={name}
              maxLength={100}
              placeholder={words.namePlaceholder}
              onInput={({ currentTarget }) => setName(currentTarget.value)}
            />
          </label>
          {props.fields}
          <button class="btn s">{words.make}</button>
        </form>
      )}
    </>
  );
}
