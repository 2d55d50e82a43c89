import { useState } from 'preact/hooks';
import { Places } from '../shell/places.js';
import { isPhone, sidebarOpen } from '../state/preferences.js';
import { signOut, user } from '../state/session.js';
import { Avatar } from '../ui/avatar.js';
import { Sheet } from '../ui/sheet.js';
import { Tabs } from '../ui/tabs.js';
import { words as common } from '../words/en.js';
import { panelWords as words } from '../words/panels.js';
import { AccountSettings } from './account-settings.js';
import { CalendarSettings } from './calendar-settings.js';
import { GeneralSettings } from './general-settings.js';

const PAGES = { general: GeneralSettings, account: AccountSettings, calendars: CalendarSettings };
type PageName = keyof typeof PAGES;

/** Who is signed in, and the pages of what they can set. */
export function Settings() {
  const me = user.value!;
  const [shown, show] = useState<PageName>('general');
  const Page = PAGES[shown];
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
      {(isPhone.value || !sidebarOpen.value) && (
        <div class="places">
          <Places />
        </div>
      )}
      <Tabs
        label={words.settingsPages}
        panel="settings-page"
        tabs={(Object.keys(PAGES) as PageName[]).map((name) => ({ name, label: words.pages[name] }))}
        shown={shown}
        show={show}
      />
      <div id="settings-page" role="tabpanel" aria-labelledby={`tab-${shown}`}>
        <Page />
      </div>
    </Sheet>
  );
}
