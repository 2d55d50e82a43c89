import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { notFound } from '../../problems/problem.js';

// `dist/web` as this module sees it: from `dist`, and from the sources, as in tests and under `npm run start:dev`.
const PLACES = ['../../../web/', '../../../dist/web/'].map((place) => new URL(place, import.meta.url));

const POLICY = [
  "default-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join(';');

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const COMPRESSED = new Set(['.css', '.js', '.svg']);

interface Chunk {
  file: string;
  css?: string[];
  assets?: string[];
}

interface File {
  content: Buffer;
  gzipped?: Promise<Buffer>;
}

const compress = promisify(gzip);
/**
 * Serves the dashboard that `npm run build` made: its page at `/` and below `/calendar/`, where its script shows what the
 * address says, and its files below `/web/`. Their names contain a hash of what is in them, so browsers keep them. The
 * service worker is at the top, because it is in charge of the paths below its own. Without a build, `/` leads to the page
 * that says what is where.
 */
export async function serveDashboard(fastify: FastifyInstance): Promise<void> {
  const folder = PLACES.find((place) => existsSync(new URL('manifest.json', place)));
  if (!folder) {
    fastify.get('/', (_request, reply) => reply.redirect('/about'));
    return;
  }
  const manifest = JSON.parse(await readFile(new URL('manifest.json', folder), 'utf8')) as Record<string, Chunk>;
  const names = new Set(
    Object.values(manifest).flatMap(({ file, css = [], assets = [] }) => [file, ...css, ...assets]),
  );
  // All of it now: the next build replaces the files while the pages of this one are still open.
  const files = new Map<string, File>();
  for (const name of names) files.set(name, { content: await readFile(new URL(name, folder)) });
  const page = await readFile(new URL('index.html', folder), 'utf8');

  const sendPage = (_request: FastifyRequest, reply: FastifyReply): FastifyReply =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', POLICY)
      .header('cache-control', 'no-cache')
      .send(page);
  for (const path of ['/', '/calendar/*']) fastify.get(path, sendPage);
  const worker = files.get('service-worker.js');
  if (worker) {
    fastify.get('/service-worker.js', (_request, reply) =>
      reply
        .type(TYPES['.js']!)
        .header('content-security-policy', POLICY)
        .header('cache-control', 'no-cache')
        .send(worker.content),
    );
  }
  fastify.get<{ Params: { file: string } }>('/web/:file', async ({ params, headers }, reply) => {
    const name = `web/${params.file}`;
    const file = files.get(name);
    if (!file) throw notFound();
    reply.type(TYPES[extname(name)] ?? 'application/octet-stream');
    reply.header('cache-control', 'public, max-age=31536000, immutable');
    if (!COMPRESSED.has(extname(name))) return reply.send(file.content);
    reply.header('vary', 'accept-encoding');
    if (!/\bgzip\b/.test(headers['accept-encoding'] ?? '')) return reply.send(file.content);
    file.gzipped ??= compress(file.content, { level: 9 });
    return reply.header('content-encoding', 'gzip').send(await file.gzipped);
  });
}
