import { openPanel } from '../state/panel.js';
import { panelWords as words } from '../words/panels.js';
import { AccountForms } from './account-forms.js';
import { EraseAccount } from './erase-account.js';
import { Sessions } from './sessions.js';

/** The account: its address and password, where it is signed in, and its end. */
export function AccountSettings() {
  return (
    <>
      <AccountForms />
      <Sessions />
      <div class="row links">
        <button type="button" class="btn s" onClick={() => openPanel('activity')}>
          {words.activity.title}
        </button>
      </div>
      <EraseAccount />
    </>
  );
}
