import { request as httpRequest } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { send } from './requests.js';
import type { Person, TestApp } from './test-app.js';

/** A feed with its link. */
export interface Feed {
  id: string;
  path: string;
  secret: string;
}

/** Makes a feed. */
export async function makeFeed(app: TestApp, as: Person, body: object = {}): Promise<Feed> {
  const { status, json, headers } = await send(app, '/api/calendar/feed', { as, body });
  expect([status, headers.get('cache-control')]).toEqual([201, 'no-store']);
  return feedOf(json);
}

/** Reads the link of a feed. */
export function feedOf({ id, url }: { id: string; url: string }): Feed {
  const path = new URL(url).pathname;
  const [, secret] = /^\/feeds\/([\w-]{43})\.ics$/.exec(path)!;
  return { id, path, secret: secret! };
}

export interface Fetched {
  status: number;
  headers: Record<string, string | undefined>;
  bytes: Buffer;
  text: string;
}

/** Fetches as calendar applications do: with these headers and no others. */
export function fetchFeed(
  app: TestApp,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(app.url);
    const sent = httpRequest({ hostname, port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const isPacked = response.headers['content-encoding'] === 'gzip' && bytes.length > 0;
        resolve({
          status: response.statusCode!,
          headers: response.headers as Record<string, string>,
          bytes,
          text: (isPacked ? gunzipSync(bytes) : bytes).toString('utf8'),
        });
      });
    });
    sent.on('error', reject).end();
  });
}

/** Makes and fetches the feeds of an application, or of another one. */
export const feedCalls = (app: () => TestApp) => ({
  makeFeed: (as: Person, body: object = {}, at = app()): Promise<Feed> => makeFeed(at, as, body),
  get: (path: string, headers: Record<string, string> = {}, method = 'GET', at = app()): Promise<Fetched> =>
    fetchFeed(at, path, headers, method),
});

/** Returns the lines of a file. */
export const unfold = (text: string): string[] => text.replaceAll('\r\n ', '').split('\r\n');

/** Returns the values of a property, in the order of the file. */
export const named = (text: string, name: string): string[] =>
  unfold(text)
    .filter((line) => line.startsWith(`${name}:`) || line.startsWith(`${name};`))
    .map((line) => line.slice(line.indexOf(':') + 1));
