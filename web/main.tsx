import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/calendar.css';
import './styles/overlays.css';
import './styles/sign-in.css';
import { Root } from './shell/root.js';
import { resumeSession } from './state/session.js';

render(<Root />, document.querySelector('#app')!);
void resumeSession();
// Without it, as without HTTPS, the page needs a connection when it opens.
if ('serviceWorker' in navigator) void navigator.serviceWorker.register('/service-worker.js').catch(() => undefined);
