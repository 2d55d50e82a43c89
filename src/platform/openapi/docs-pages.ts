import { type ProblemCode, PROBLEMS } from '../../problems/problem-catalogue.js';

/** The reference to try things out in. */
export const swaggerPage = (): string =>
  page('Convene API', {
    styles: ['reference.css', 'swagger-ui.css'],
    body: '<div id="reference"></div>',
    scripts: ['swagger-ui.js', 'start-swagger.js'],
  });

/** The reference to read. */
export const redocPage = (): string =>
  page('Convene API', {
    styles: ['reference.css'],
    body: '<div id="reference"></div>',
    scripts: ['redoc.js', 'start-redoc.js'],
  });

/** The reference of the live pipes. */
export const realtimePage = (): string =>
  page('Convene live changes', {
    styles: ['asyncapi.css', 'reference.css'],
    body: '<div id="reference"></div>',
    scripts: ['before-asyncapi.js', 'asyncapi.js', 'start-asyncapi.js'],
  });

/** What a problem means and what to do about it: where its `type` leads. */
export function problemPage(code: ProblemCode): string {
  const { title, status, help } = PROBLEMS[code];
  const body = `<main>
      <p class="status">${status} · <code>${escape(code)}</code></p>
      <h1>${escape(title)}</h1>
      <p>${escape(help).replace(/`([^`]+)`/g, '<code>$1</code>')}</p>
      <p><a href="/docs">API reference</a></p>
    </main>`;
  return page(title, { styles: ['page.css'], body });
}

interface Parts {
  body: string;
  styles?: string[];
  scripts?: string[];
}

function page(title: string, { body, styles = [], scripts = [] }: Parts): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escape(title)}</title>
    <link rel="icon" href="data:,">
    ${styles.map((file) => `<link rel="stylesheet" href="/docs/assets/${file}">`).join('\n    ')}
  </head>
  <body>
    ${body}
    ${scripts.map((file) => `<script src="/docs/assets/${file}"></script>`).join('\n    ')}
  </body>
</html>
`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escape = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);
