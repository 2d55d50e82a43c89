import { useEffect, useState } from 'preact/hooks';
import { admin } from '../api.js';
import type { AccountView, FiguresView } from '../../sdk/index.js';
import { Icon } from '../icons/icon.js';
import { explain } from '../state/edit.js';
import { isMe } from '../state/session.js';
import { ago } from '../time/format.js';
import { Avatar } from '../ui/avatar.js';
import { Sheet } from '../ui/sheet.js';
import { words as common } from '../words/en.js';
import { panelWords } from '../words/panels.js';

const words = panelWords.admin;
type Act = keyof typeof words.act;

/** Users and figures, for administrators. */
export function Administration() {
  return (
    <Sheet title={common.administration} shape="page">
      <Figures />
      <Users />
    </Sheet>
  );
}

const megabytes = (bytes: number): string =>
  new Intl.NumberFormat(navigator.language, { style: 'unit', unit: 'megabyte', maximumFractionDigits: 0 }).format(
    bytes / 1_000_000,
  );

function Figures() {
  const [figures, setFigures] = useState<FiguresView | null>(null);
  useEffect(() => {
    admin.figures().then(setFigures, explain);
  }, []);
  if (!figures) return <div class="sk" />;
  const number = (name: keyof typeof words.figure): string => {
    if (name === 'users') return figures.users.total.toLocaleString();
    return name === 'database_bytes' ? megabytes(figures[name]) : figures[name].toLocaleString();
  };
  return (
    <>
      <h3>{words.figures}</h3>
      <dl class="figures">
        {(Object.keys(words.figure) as (keyof typeof words.figure)[]).map((name) => (
          <div key={name}>
            <dt>{words.figure[name]}</dt>
            <dd>{number(name)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Users() {
  const [text, setText] = useState('');
  const [users, setUsers] = useState<AccountView[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const load = async (after?: string): Promise<void> => {
    try {
      const page = await admin.users(text.trim(), after);
      setUsers((known) => [...(after ? known : []), ...page.items]);
      setCursor(page.next_cursor);
    } catch (error) {
      explain(error);
    }
  };
  useEffect(() => {
    const timer = setTimeout(() => void load(), 200);
    return () => clearTimeout(timer);
  }, [text]);
  const act = async (id: string, what: Act): Promise<void> => {
    try {
      await admin.act(id, what);
      await load();
    } catch (error) {
      explain(error);
    }
  };
  return (
    <>
      <h3>{words.users}</h3>
      <input
        class="in s"
        type="search"
        value={text}
        placeholder={words.search}
        aria-label={words.search}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      {users.map((account) => (
        <User key={account.id} account={account} act={(what) => void act(account.id, what)} />
      ))}
      {cursor && (
        <button type="button" class="btn s" onClick={() => void load(cursor)}>
          {panelWords.activity.more}
        </button>
      )}
    </>
  );
}

function User({ account, act }: { account: AccountView; act: (what: Act) => void }) {
  const { id, username, email, role, disabled_at: disabled, last_used_at: used, app_passwords: passwords } = account;
  // An arrow key changes a select at once; only the button acts.
  const [chosen, choose] = useState<Act | ''>('');
  const offered: Act[] = [
    role === 'admin' ? 'demote' : 'promote',
    disabled ? 'enable' : 'disable',
    ...(account.sessions + account.app_passwords > 0 ? (['signOut'] as const) : []),
  ];
  return (
    <div class="who">
      <Avatar person={account} size="l" />
      <span class="grow">
        <b class="ell">
          {username} {role === 'admin' && <span class="tag acc">{words.administrator}</span>}{' '}
          {disabled && <span class="tag warn">{words.disabled}</span>}
        </b>
        <small class="ell">
          {[`${email}. ${words.last(used && ago(used))}`, passwords > 0 && words.appPasswords(passwords)]
            .filter(Boolean)
            .join(', ')}
        </small>
      </span>
      {!isMe(id) && (
        <span class="select">
          <select
            class="sel"
            aria-label={words.actions(username)}
            value={chosen}
            onChange={({ currentTarget }) => choose(currentTarget.value as Act | '')}
          >
            <option value="">…</option>
            {offered.map((name) => (
              <option key={name} value={name}>
                {words.act[name]}
              </option>
            ))}
          </select>
          <Icon name="down" />
        </span>
      )}
      {chosen && (
        <button
          type="button"
          class="btn s"
          aria-label={words.applyTo(username)}
          onClick={() => {
            choose('');
            act(chosen);
          }}
        >
          {words.apply}
        </button>
      )}
    </div>
  );
}
