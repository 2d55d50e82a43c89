import type { FastifyRequest } from 'fastify';

/**
 * What may be a secret of 256 bits, percent-encoded or not, in a path that no route serves. Ids are shorter, and so are all
 * segments of paths that exist.
 */
const SECRET = /[\w%-]{40,}/g;

/**
 * Returns the path of a request as it may be logged and returned: without the query, which may contain tokens and names, and
 * without the secret of a feed.
 */
export function shownPath({ url, routeOptions }: Pick<FastifyRequest, 'url' | 'routeOptions'>): string {
  const route = routeOptions?.url;
  if (route?.includes(':secret')) return route;
  return (url.split('?')[0] || '/').replaceAll(SECRET, '…');
}
