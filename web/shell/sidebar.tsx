import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../icons/icon.js';
import { Logo } from '../icons/logo.js';
import { startDraftSoon } from '../state/draft.js';
import { openPanel } from '../state/panel.js';
import { user, zone } from '../state/session.js';
import { timeIn } from '../time/format.js';
import { Avatar } from '../ui/avatar.js';
import { words } from '../words/en.js';
import { MiniMonth } from './mini-month.js';
import { PeopleFilter } from './people-filter.js';
import { Places } from './places.js';

export function Sidebar() {
  return (
    <nav class="side" aria-label={words.calendar}>
      <div class="brand">
        <Logo /> Convene
      </div>
      <button type="button" class="btn pri wide new" onClick={() => startDraftSoon()}>
        <Icon name="plus" /> {words.newEvent} <kbd>C</kbd>
      </button>
      <button type="button" class="nav first" onClick={() => openPanel('find-time')}>
        <Icon name="people" /> {words.findTime}
      </button>
      <MiniMonth />
      <PeopleFilter />
      <Places />
      <Me />
    </nav>
  );
}

function Me() {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 15_000);
    return () => clearInterval(timer);
  }, []);
  const me = user.value;
  if (!me) return null;
  return (
    <div class="me">
      <Avatar person={me} />
      <div class="grow">
        <b class="ell">{me.username}</b>
        <small class="now">
          <span class="ell">{zone.value}</span>
          <span>, {timeIn(now, zone.value)}</span>
        </small>
      </div>
      <button type="button" class="ib s" aria-label={words.settings} onClick={() => openPanel('settings')}>
        <Icon name="gear" />
      </button>
    </div>
  );
}
