import { type Html, markup } from './html.js';

/** For pages without scripts: the only thing that they load is our style sheets. */
export const STATIC_POLICY = [
  "default-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  'img-src data:',
  "style-src 'self'",
].join(';');

interface Parts {
  body: Html;
  /** Files of `/docs/assets/`. */
  styles?: string[];
  scripts?: string[];
}

/** A whole page around the body. Styles and scripts are files: the pages allow none that are written into them. */
export function page(title: string, { body, styles = [], scripts = [] }: Parts): string {
  return String(markup`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    <link rel="icon" href="data:,">
    ${styles.map((file) => markup`<link rel="stylesheet" href="/docs/assets/${file}">`)}
  </head>
  <body>
    ${body}
    ${scripts.map((file) => markup`<script src="/docs/assets/${file}"></script>`)}
  </body>
</html>
`);
}
