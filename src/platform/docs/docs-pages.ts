import { type ProblemCode, PROBLEMS } from '../../problems/problem-catalogue.js';
import { page } from '../http/html-page.js';
import { markup } from '../http/html.js';
import { inlineMarkdown } from './markdown.js';

const REFERENCE = markup`<div id="reference"></div>`;

/** The reference to try things out in. */
export const swaggerPage = (): string =>
  page('Convene API', {
    styles: ['reference.css', 'swagger-ui.css'],
    body: REFERENCE,
    scripts: ['swagger-ui.js', 'start-swagger.js'],
  });

/** The reference to read. */
export const redocPage = (): string =>
  page('Convene API', { styles: ['reference.css'], body: REFERENCE, scripts: ['redoc.js', 'start-redoc.js'] });

/** What a problem means and what to do about it: where its `type` leads. */
export function problemPage(code: ProblemCode): string {
  const { title, status, help } = PROBLEMS[code];
  const body = markup`<main>
      <p class="status">${status} · <code>${code}</code></p>
      <h1>${title}</h1>
      <p>${inlineMarkdown(help)}</p>
      <p><a href="/docs">API reference</a> · <a href="/guide">Guide</a></p>
    </main>`;
  return page(title, { styles: ['page.css'], body });
}
