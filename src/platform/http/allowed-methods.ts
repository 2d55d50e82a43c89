import type { FastifyInstance } from 'fastify';

/** The methods of every address, for 405 (RFC 9110 §15.5.6). */
export class AllowedMethods {
  private readonly routes: { pattern: RegExp; methods: string[] }[] = [];

  /** Collects the routes that are added to the server from now on. */
  constructor(fastify: FastifyInstance) {
    fastify.addHook('onRoute', ({ url, method }) => {
      // A wildcard matches addresses that lead nowhere.
      if (!url.includes('*')) this.routes.push({ pattern: toPattern(url), methods: [method].flat() });
    });
  }

  /** Returns the methods that an address allows, sorted; none for an address that does not exist. */
  of(path: string): string[] {
    const matching = this.routes.filter(({ pattern }) => pattern.test(path));
    return [...new Set(matching.flatMap(({ methods }) => methods))].sort();
  }
}

/** Converts the pattern of a route, in which `:name` is a parameter. */
function toPattern(url: string): RegExp {
  const parts = url.split(/:\w+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('[^/]+').replace(/\/$/, '')}/?$`);
}
