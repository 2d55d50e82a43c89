import { Icon } from '../icons/icon.js';
import { openPanel } from '../state/panel.js';
import { user } from '../state/session.js';
import { words } from '../words/en.js';

/** What is seldom needed, yet has to be found: the trash, and the administration for those who have it. */
export function Places() {
  return (
    <>
      <button type="button" class="nav trash" onClick={() => openPanel('trash')}>
        <Icon name="trash" /> {words.trash}
      </button>
      {user.value?.role === 'admin' && (
        <button type="button" class="nav" onClick={() => openPanel('administration')}>
          <Icon name="lock" /> {words.administration}
        </button>
      )}
    </>
  );
}
