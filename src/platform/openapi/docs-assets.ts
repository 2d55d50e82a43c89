import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { BEFORE_ASYNCAPI, START_ASYNCAPI } from './asyncapi-scripts.js';

const require = createRequire(import.meta.url);
/** Swagger UI comes with @nestjs/swagger, in the version that it was made for. */
const requireForSwagger = createRequire(require.resolve('@nestjs/swagger'));

export interface Asset {
  type: string;
  read: () => string | Promise<string>;
}

const JAVASCRIPT = 'text/javascript; charset=utf-8';
const CSS = 'text/css; charset=utf-8';

/** Redoc shows its maker's logo from a CDN; these pages make no outside request. */
const OUTSIDE_LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const NO_LOGO = 'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E';

// The pages allow no inline scripts, so that what starts them is a file too.
const START_SWAGGER = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: true,
  // The default asks a service on the internet.
  validatorUrl: null,
});
`;

const START_REDOC = `Redoc.init(
  '/openapi.json',
  { expandResponses: '200,201', jsonSampleExpandLevel: 3 },
  document.getElementById('reference'),
);
`;

const REFERENCE_CSS = `body { margin: 0; font-family: system-ui, sans-serif; }
/* The AsyncAPI component would print the backticks of Markdown around code. */
.aui-root .prose code::before, .aui-root .prose code::after { content: none; }
`;

const PAGE_CSS = `:root { color-scheme: light dark; }
body { font: 1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1.5rem; }
h1 { line-height: 1.2; margin: 0.5rem 0 1.5rem; }
code { font-family: ui-monospace, monospace; background: #8882; border-radius: 0.25rem; padding: 0.1em 0.3em; }
.status { color: #888; margin: 0; }
`;

/** The files of the documentation pages, served from `/docs/assets/`. */
export const ASSETS = new Map<string, Asset>([
  [
    'swagger-ui.css',
    { type: CSS, read: () => readFile(requireForSwagger.resolve('swagger-ui-dist/swagger-ui.css'), 'utf8') },
  ],
  [
    'swagger-ui.js',
    {
      type: JAVASCRIPT,
      read: () => readFile(requireForSwagger.resolve('swagger-ui-dist/swagger-ui-bundle.js'), 'utf8'),
    },
  ],
  ['start-swagger.js', { type: JAVASCRIPT, read: () => START_SWAGGER }],
  ['redoc.js', { type: JAVASCRIPT, read: readRedoc }],
  ['start-redoc.js', { type: JAVASCRIPT, read: () => START_REDOC }],
  ['asyncapi.css', { type: CSS, read: () => readAsyncApi('styles/default.min.css') }],
  ['asyncapi.js', { type: JAVASCRIPT, read: () => readAsyncApi('browser/standalone/without-parser.js') }],
  ['before-asyncapi.js', { type: JAVASCRIPT, read: () => BEFORE_ASYNCAPI }],
  ['start-asyncapi.js', { type: JAVASCRIPT, read: () => START_ASYNCAPI }],
  ['reference.css', { type: CSS, read: () => REFERENCE_CSS }],
  ['page.css', { type: CSS, read: () => PAGE_CSS }],
]);

function readAsyncApi(file: string): Promise<string> {
  return readFile(require.resolve(`@asyncapi/react-component/${file}`), 'utf8');
}

async function readRedoc(): Promise<string> {
  const bundle = await readFile(require.resolve('redoc/bundles/redoc.standalone.js'), 'utf8');
  return bundle.replaceAll(OUTSIDE_LOGO, NO_LOGO);
}
