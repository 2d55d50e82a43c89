import { channelSection } from './asyncapi-channel.js';
import { messageAnchor } from './asyncapi-message.js';
import type { AsyncApi, Channel } from './asyncapi-model.js';
import { page } from '../http/html-page.js';
import { type Html, markup } from '../http/html.js';
import { headingsOf, markdown } from './markdown.js';

/**
 * The AsyncAPI document as one page to read: the introduction, then each kind of connection with its messages. It needs
 * no script, and its only style sheets are ours.
 */
export function asyncApiPage(document: AsyncApi): string {
  const { title, version, description } = document.info;
  const channels = Object.entries(document.channels);
  const body = markup`
<a class="skip" href="#content">Skip to the content</a>
<header>
  <p class="title">${title} <span class="version">${version}</span></p>
  <p class="links"><a href="/docs">API reference</a> <a href="/asyncapi.json">AsyncAPI document</a></p>
</header>
<div class="columns">
  <nav aria-label="Contents">
    <ul>
      <li><a href="#content">Introduction</a>
        <ul>${headingsOf(description).map(({ id, title: heading }) => link(id, heading))}</ul>
      </li>
      ${channels.map(contents)}
    </ul>
  </nav>
  <main id="content" tabindex="-1">
    <h1>${title}</h1>
    <div class="prose">${markdown(description)}</div>
    ${channels.map(([name, channel]) => channelSection(name, channel, document))}
  </main>
</div>`;
  return page(title, { styles: ['realtime.css', 'realtime-tables.css'], body });
}

function contents([name, { title, messages }]: [string, Channel]): Html {
  return markup`
<li><a href="#${name}">${title}</a>
  <ul>
    ${link(`${name}-connecting`, 'Connecting')}
    ${link(`${name}-authentication`, 'Authentication')}
    ${link(`${name}-operations`, 'Operations')}
    <li><a href="#${name}-messages">Messages</a>
      <ul class="names">${Object.keys(messages).map((key) => link(messageAnchor(name, key), markup`<code>${key}</code>`))}</ul>
    </li>
  </ul>
</li>`;
}

const link = (id: string, text: string | Html): Html => markup`<li><a href="#${id}">${text}</a></li>`;
