import { draft } from '../state/draft.js';
import { listed } from '../time/format.js';
import { Switch } from '../ui/switch.js';
import { eventWords as words } from '../words/event.js';

/** Those for whom a time was found get the event, unless this is turned off. */
export function ShareDraft() {
  const { viewers = [], isPrivate = false } = draft.value!;
  if (viewers.length === 0) return null;
  return (
    <Switch
      label={words.viewersToo(listed(viewers.map(({ username }) => username)))}
      on={!isPrivate}
      change={(on) => (draft.value = { ...draft.value!, isPrivate: !on })}
    />
  );
}
