import { panel } from '../state/panel.js';
import { Activity } from './activity.js';
import { Administration } from './administration.js';
import { FindTime } from './find-time.js';
import { Inbox } from './inbox.js';
import { Outbox } from './outbox.js';
import { Palette } from './palette.js';
import { Settings } from './settings.js';
import { Shortcuts } from './shortcuts.js';
import { Trash } from './trash.js';

const PANELS = {
  inbox: Inbox,
  trash: Trash,
  settings: Settings,
  palette: Palette,
  shortcuts: Shortcuts,
  'find-time': FindTime,
  outbox: Outbox,
  activity: Activity,
  administration: Administration,
};

export function Panels() {
  const name = panel.value;
  if (!name) return null;
  const Panel = PANELS[name];
  return <Panel />;
}
