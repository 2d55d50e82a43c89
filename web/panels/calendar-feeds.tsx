import { useState } from 'preact/hooks';
import { feeds } from '../api.js';
import type { FeedView, MakeFeedBody } from '../../sdk/index.js';
import { Icon } from '../icons/icon.js';
import { panelWords } from '../words/panels.js';
import { publicLink } from './public-link.js';
import { Secrets } from './secrets.js';

const words = panelWords.feeds;
type Contents = keyof typeof words.contents;

const contentsOf = ({ kind, role }: FeedView): Contents => (kind === 'role' ? role! : kind);

const bodyOf = (name: string, contents: Contents): MakeFeedBody => ({
  name: name || null,
  ...(contents === 'all' || contents === 'busy' ? { kind: contents } : { kind: 'role', role: contents }),
});

/** Secret links to which calendar applications subscribe. */
export function CalendarFeeds() {
  const [contents, setContents] = useState<Contents>('all');
  return (
    <Secrets
      words={words}
      load={feeds.list}
      make={(name) => feeds.make(bodyOf(name, contents))}
      replace={feeds.rotate}
      revoke={feeds.revoke}
      secretOf={({ url }) => publicLink(url)}
      describe={(feed) => words.contents[contentsOf(feed)]}
      fields={
        <label class="field">
          <span>{words.shows}</span>
          <span class="select wide">
            <select
              class="in s"
              value={contents}
              onChange={({ currentTarget }) => setContents(currentTarget.value as Contents)}
            >
              {(Object.keys(words.contents) as Contents[]).map((name) => (
                <option key={name} value={name}>
                  {words.contents[name]}
                </option>
              ))}
            </select>
            <Icon name="down" />
          </span>
        </label>
      }
    />
  );
}
