import { useEffect, useRef, useState } from 'preact/hooks';
import { events, type Item, Refusal } from '../api.js';
import { Icon, type IconName } from '../icons/icon.js';
import { startOf } from '../state/calendar.js';
import { startDraftSoon } from '../state/draft.js';
import { openEvent } from '../state/opened.js';
import { closePanel, openPanel } from '../state/panel.js';
import { isPhone, theme } from '../state/preferences.js';
import { user, zone } from '../state/session.js';
import { asOf } from '../state/time-travel.js';
import { goTo, goToday, view, VIEWS } from '../state/view.js';
import { longDay, timeIn } from '../time/format.js';
import { dayOf } from '../time/zoned.js';
import { words as common } from '../words/en.js';
import { panelWords as words } from '../words/panels.js';
import { readDate } from './read-date.js';

interface Entry {
  key: string;
  group: 'events' | 'dates' | 'commands';
  icon: IconName;
  label: string;
  aside?: string;
  run: () => void;
}

function commands(text: string): Entry[] {
  const create: Entry = {
    key: 'new',
    group: 'commands',
    icon: 'plus',
    label: text ? words.newNamed(text) : common.newEvent,
    aside: 'C',
    run: () => startDraftSoon(text),
  };
  const all: Entry[] = [
    { key: 'today', group: 'commands', icon: 'cal', label: common.today, aside: 'T', run: goToday },
    {
      key: 'find',
      group: 'commands',
      icon: 'people',
      label: common.findTime,
      aside: 'F',
      run: () => openPanel('find-time'),
    },
    {
      key: 'as-of',
      group: 'commands',
      icon: 'hist',
      label: words.asOf,
      aside: 'H',
      run: () => (asOf.value = new Date().toISOString()),
    },
    ...VIEWS.map((name): Entry => ({
      key: name,
      group: 'commands',
      icon: 'grid',
      label: words.goView(common.views[name]),
      aside: name[0]!.toUpperCase(),
      run: () => (view.value = name),
    })),
    { key: 'trash', group: 'commands', icon: 'trash', label: common.trash, run: () => openPanel('trash') },
    {
      key: 'inbox',
      group: 'commands',
      icon: 'bell',
      label: words.notifications,
      aside: 'N',
      run: () => openPanel('inbox'),
    },
    {
      key: 'dark',
      group: 'commands',
      icon: 'eye',
      label: words.toggleTheme,
      run: () => (theme.value = document.documentElement.dataset.colorScheme === 'dark' ? 'light' : 'dark'),
    },
    {
      key: 'activity',
      group: 'commands',
      icon: 'hist',
      label: words.activity.title,
      run: () => openPanel('activity'),
    },
    { key: 'outbox', group: 'commands', icon: 'share', label: words.outbox.title, run: () => openPanel('outbox') },
    ...(user.value?.role === 'admin'
      ? [
          {
            key: 'administration',
            group: 'commands',
            icon: 'gear',
            label: common.administration,
            run: () => openPanel('administration'),
          } as Entry,
        ]
      : []),
    { key: 'settings', group: 'commands', icon: 'gear', label: common.settings, run: () => openPanel('settings') },
    {
      key: 'keys',
      group: 'commands',
      icon: 'list',
      label: words.keyboard,
      aside: '?',
      run: () => openPanel('shortcuts'),
    },
  ];
  const wanted = text.toLowerCase();
  const named = all.filter(({ label }) => label.toLowerCase().includes(wanted));
  // Who types the name of a command wants that, not an event of this title.
  return text ? [...named, create] : [create, ...named];
}

/** A series is found at its next date, not where it once began. */
async function onNextDate(item: Item): Promise<Item> {
  if (!item.is_recurring) return item;
  const occurrence = await events.nextDate(item.id, Date.now()).catch(() => null);
  return occurrence ? { ...item, occurrence } : item;
}

const opens = new Set(['find', 'trash', 'inbox', 'settings', 'keys', 'activity', 'outbox', 'administration']);

/** Events, dates and commands by what is typed. */
export function Palette() {
  const [text, setText] = useState('');
  const [found, setFound] = useState<Item[]>([]);
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    let current = true;
    const wanted = text.trim();
    if (wanted.length < 2) return setFound([]);
    const timer = setTimeout(() => {
      events.search(wanted).then(
        async (items) => {
          if (!current) return;
          setFound(items);
          const dated = await Promise.all(items.map(onNextDate));
          if (current) setFound(dated);
        },
        (error: unknown) => {
          if (!(error instanceof Refusal)) throw error;
        },
      );
    }, 120);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text]);

  const day = readDate(text);
  const entries: Entry[] = [
    ...found.map((item): Entry => ({
      key: item.id,
      group: 'events',
      icon: 'cal',
      label: item.title,
      aside: `${longDay(dayOf(startOf(item), zone.value), { weekday: 'short' })}${item.all_day ? '' : `, ${timeIn(startOf(item), zone.value)}`}`,
      run: () => {
        goTo(dayOf(startOf(item), zone.value));
        openEvent(item.id, item);
      },
    })),
    ...(day
      ? [{ key: 'date', group: 'dates', icon: 'arrow', label: longDay(day), run: () => goTo(day) } as Entry]
      : []),
    ...commands(text.trim()),
  ];
  const chosen = Math.min(at, entries.length - 1);
  const run = (entry: Entry | undefined): void => {
    if (!entry) return;
    if (!opens.has(entry.key)) closePanel();
    entry.run();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') run(entries[chosen]);
    else if (event.key === 'ArrowDown') setAt((chosen + 1) % entries.length);
    else if (event.key === 'ArrowUp') setAt((chosen + entries.length - 1) % entries.length);
    else return;
    event.preventDefault();
  };
  return (
    <div
      class="sheet-ground over-palette"
      onClick={({ target, currentTarget }) => target === currentTarget && closePanel()}
    >
      <div class="pop pal" role="dialog" aria-label={words.palette}>
        <div class="q">
          <Icon name="search" />
          <input
            ref={input}
            class="bare grow"
            role="combobox"
            aria-label={words.palette}
            aria-expanded="true"
            aria-controls="palette-list"
            aria-activedescendant={`palette-${chosen}`}
            placeholder={isPhone.value ? words.paletteHintShort : words.paletteHint}
            value={text}
            onInput={({ currentTarget }) => {
              setText(currentTarget.value);
              setAt(0);
            }}
            onKeyDown={onKey}
          />
          <button type="button" class={isPhone.value ? 'ib s' : ''} onClick={closePanel}>
            {isPhone.value ? <Icon name="x" /> : <kbd>Esc</kbd>}
            <span class="sr"> {common.close}</span>
          </button>
        </div>
        <hr />
        <div id="palette-list" role="listbox" aria-label={words.palette}>
          {entries.map((entry, index) => (
            <div key={entry.key} role="presentation">
              {entry.group !== entries[index - 1]?.group && (
                <div class="group" role="presentation">
                  {words.groups[entry.group]}
                </div>
              )}
              <div
                id={`palette-${index}`}
                class={`it ${index === chosen ? 'on' : ''}`}
                role="option"
                aria-selected={index === chosen}
                onMouseMove={() => setAt(index)}
                onClick={() => run(entry)}
              >
                <Icon name={entry.icon} />
                <span class="ell">{entry.label}</span>
                {entry.aside && (
                  <span class="r">{entry.group === 'commands' ? <kbd>{entry.aside}</kbd> : entry.aside}</span>
                )}
              </div>
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
