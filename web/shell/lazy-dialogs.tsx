import { asked } from '../state/dialogs.js';
import { lazy } from '../ui/lazy.js';

const Loaded = lazy(() => import('../dialogs/dialogs.js').then((module) => module.Dialogs));

/** The decision that blocks a change, when there is one. */
export const Dialogs = () => (asked.value ? <Loaded /> : null);
