import type { FastifyReply } from 'fastify';
import type { Budget, Count } from './counter-store.js';

/** Where a subject is in its budget after something was counted. */
export interface Standing extends Count {
  budget: Budget;
}

export const isExceeded = ({ count, budget }: Standing): boolean => count > budget.limit;

/** Returns the seconds until the budget is free again, rounded up. */
export const secondsLeft = ({ resetMs }: Count): number => Math.max(1, Math.ceil(resetMs / 1_000));

/** Returns the two headers for one budget (draft-ietf-httpapi-ratelimit-headers-10): what is left, and what is allowed. */
export function rateLimitHeaders(standing: Standing): { ratelimit: string; 'ratelimit-policy': string } {
  const { budget, count } = standing;
  const left = Math.max(0, budget.limit - count);
  return {
    ratelimit: `"${budget.name}";r=${left};t=${secondsLeft(standing)}`,
    'ratelimit-policy': `"${budget.name}";q=${budget.limit};w=${budget.windowMs / 1_000}`,
  };
}

/** Adds the budget to the headers of the response. A request can be counted for several: each is an item of a list. */
export function announce(reply: FastifyReply, standing: Standing): void {
  for (const [name, item] of Object.entries(rateLimitHeaders(standing))) {
    const items = reply.getHeader(name);
    reply.header(name, items === undefined ? item : `${String(items)}, ${item}`);
  }
}
