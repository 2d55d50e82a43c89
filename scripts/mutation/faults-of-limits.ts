import type { Fault } from './fault.js';

const ATTEMPTS = 'src/auth/password-attempts.ts';
const PASSWORDS = ['test/api/password-attempts.api.spec.ts'];

export const FAULTS_OF_LIMITS: Fault[] = [
  {
    name: 'one proxy too many is trusted',
    file: 'src/platform/config/trust-proxy.ts',
    find: 'hop < hops;',
    replace: 'hop <= hops;',
    tests: ['src/platform/config/trust-proxy.spec.ts'],
  },
  {
    name: 'live connections are counted for what X-Forwarded-For says, also when a client wrote it',
    file: 'src/platform/limits/request-limits.ts',
    find: 'trustProxy ? proxyAddr(request, trustProxy)',
    replace: 'trustProxy ? proxyAddr(request, () => true)',
    tests: ['test/realtime/connection-limits.spec.ts'],
  },
  {
    name: 'a limit allows one more',
    file: 'src/platform/limits/rate-limit-headers.ts',
    find: 'count > budget.limit;',
    replace: 'count > budget.limit + 1;',
    tests: ['test/api/rate-limits.api.spec.ts'],
    only: 'the budgets of a user',
  },
  {
    name: 'subjects that have used up their budget are forgotten like others',
    file: 'src/platform/limits/counter-table.ts',
    find: 'const isUsedUp = counter.count >= limit;',
    replace: 'const isUsedUp = counter.count >= limit && limit < 0;',
    tests: ['src/platform/limits/memory-counters.spec.ts'],
  },
  {
    name: 'right passwords sent at once are counted as if they were wrong',
    file: ATTEMPTS,
    find: 'return this.turns.run(pair.subject, async () => {',
    replace: 'return this.turns.run(Math.random().toString(), async () => {',
    tests: PASSWORDS,
    only: 'many right passwords',
  },
  {
    name: 'an account under attack is closed to addresses that are known',
    file: ATTEMPTS,
    find: '!(await this.isKnown(user, origin))',
    replace: '(await this.isKnown(user, origin), true)',
    tests: PASSWORDS,
    only: 'under attack',
  },
  {
    name: 'those who do not wait use up nothing',
    file: ATTEMPTS,
    find: 'didNotWait ? [all] : [pair, all]',
    replace: 'didNotWait && false ? [all] : [pair, all]',
    tests: PASSWORDS,
    only: 'never wait',
  },
  {
    name: 'what Redis counted is not remembered for the time when it is gone',
    file: 'src/platform/limits/redis-counters.ts',
    find: 'this.memory.set(budget, subject, { count, resetMs });',
    replace: 'void this.memory;',
    tests: ['test/race/rate-limits.redis.spec.ts'],
    only: 'while Redis is gone',
  },
  {
    name: 'a window in Redis has no end',
    file: 'src/platform/limits/redis-counters.ts',
    find: "  redis.call('PEXPIRE', KEYS[1], left)\n",
    replace: '',
    tests: ['test/race/rate-limits.redis.spec.ts'],
    only: 'with an end for each key',
  },
  {
    name: 'pieces of work that follow each other in a turn have a slice each',
    file: 'src/platform/hooks/time-slices.ts',
    find: 'now - turnBegan < SLICE_MS ||',
    replace: 'now - this.began < SLICE_MS ||',
    tests: ['src/platform/hooks/time-slices.spec.ts'],
  },
];
