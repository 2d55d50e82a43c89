import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../../problems/problem.js';
import type { Config } from '../config/config.js';
import { sendProblem } from './problem.filter.js';

/** What a server that has too much to do serves all the same: an operator must see it, and a session must end. */
const ALWAYS_SERVED = /^\/(health\/|metrics\b|api\/auth\/logout\b)/;
const INTERVAL_MS = 500;

/**
 * Refuses requests at once while the process is so far behind that they would only wait: while its event loop was late by
 * `OVERLOAD_LAG_MS` on average, in two intervals in a row, because a single long piece of work is not an overload.
 * @param onRefused called for each refused request
 */
export function refuseWhenOverloaded(
  fastify: FastifyInstance,
  { values: { overloadLagMs } }: Config,
  onRefused: () => void = () => undefined,
): void {
  if (overloadLagMs === 0) return;
  const delays = monitorEventLoopDelay({ resolution: 20 });
  delays.enable();
  let [before, now] = [0, 0];
  const timer = setInterval(() => {
    // Nanoseconds. An interval without a single sample was one long wait, of which this timer is a part.
    [before, now] = [now, delays.count > 0 ? delays.mean / 1e6 : INTERVAL_MS];
    delays.reset();
  }, INTERVAL_MS).unref();
  fastify.addHook('onClose', (_instance, done) => {
    clearInterval(timer);
    delays.disable();
    done();
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (Math.min(before, now) < overloadLagMs || ALWAYS_SERVED.test(request.url)) return done();
    onRefused();
    sendProblem(new Problem('unavailable', { detail: 'The server has too much to do.' }), request, reply);
  });
}
