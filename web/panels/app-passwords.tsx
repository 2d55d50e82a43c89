import { appPasswords } from '../api.js';
import { user } from '../state/session.js';
import { panelWords } from '../words/panels.js';
import { Secrets } from './secrets.js';

const words = panelWords.apps;

/** The passwords of calendar applications, each with what else a device asks for, and where. */
export function AppPasswords() {
  return (
    <Secrets
      words={words}
      load={appPasswords.list}
      make={(name) => appPasswords.create(name || words.namePlaceholder)}
      revoke={appPasswords.revoke}
      secretOf={({ secret }) => secret}
    >
      <dl class="set-up">
        <dt>{words.server}</dt>
        <dd class="mono">{location.origin}/</dd>
        <dt>{words.username}</dt>
        <dd class="mono">{user.value!.username}</dd>
      </dl>
      <h5>{words.where}</h5>
      <dl class="set-up">
        {words.steps.map(([application, steps]) => (
          <div key={application}>
            <dt>{application}</dt>
            <dd>{steps}</dd>
          </div>
        ))}
      </dl>
      <p class="hint">
        {location.protocol !== 'https:' && `${words.https} `}
        <a href="/guide/calendars#calendar-applications-over-caldav">{words.guide}</a>
      </p>
    </Secrets>
  );
}
