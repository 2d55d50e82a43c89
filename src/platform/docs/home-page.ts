import { packageVersion } from '../config/package-version.js';
import { page } from '../http/html-page.js';
import { type Html, markup } from '../http/html.js';

const link = (address: string, title: string, text: string): Html =>
  markup`<dt><a href="${address}">${title}</a></dt><dd>${text}</dd>`;

/** What is where on this server. */
export function homePage(): string {
  const body = markup`<main class="home">
      <p class="status">Version ${packageVersion()}</p>
      <h1>Convene is running</h1>
      <p>This server keeps calendars. Programs use its API under <code>/api</code>; these pages explain it. People use the
        <a href="/">dashboard</a>.</p>
      <h2>Learn</h2>
      <dl>
        ${link('/guide/first-hour', 'The first hour', 'a calendar for a small team, step by step')}
        ${link('/guide', 'Guide', 'concepts, times and series, editing together, operation')}
      </dl>
      <h2>Look up</h2>
      <dl>
        ${link('/docs', 'API reference', 'every operation, to try out')}
        ${link('/redoc', 'Reference to read', 'the same on one page')}
        ${link('/docs/realtime', 'Live changes', 'socket.io, WebSocket and Server-Sent Events')}
        ${link('/convene.http', 'convene.http', 'a story of requests to run, also as convene.postman_collection.json')}
        ${link('/openapi.json', 'openapi.json', 'for code generators, also as openapi.yaml and asyncapi.json')}
      </dl>
      <h2>Operate</h2>
      <dl>
        ${link('/health/ready', '/health/ready', 'whether the server can work, and what is the matter')}
        ${link('/metrics', '/metrics', 'figures for Prometheus')}
      </dl>
    </main>`;
  return page('Convene', { styles: ['page.css'], body });
}
