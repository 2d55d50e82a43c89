import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, getEvent, getMetrics } from '../../sdk/generated/sdk.gen.js';
import { END_REASON_NAMES } from '../../src/live/end-reasons.js';
import { SERVER_FRAMES } from '../../src/live/live-frames.js';
import { TRANSPORT_KINDS } from '../../src/live/transport.js';
import { BUDGET_NAMES } from '../../src/platform/limits/budgets.js';
import { Metrics } from '../../src/platform/metrics/metrics.js';
import { outcome, slot } from '../support/calls.js';
import { parseExposition, type Sample } from '../support/exposition.js';
import { LIVE_KINDS, openLive } from '../support/live-client.js';
import { routesOf } from '../support/routes.js';
import { ok, startApp, type TestApp } from '../support/test-app.js';

const GUIDE = readFileSync(new URL('../../docs/guide/operation.md', import.meta.url), 'utf8');

interface Listed {
  name: string;
  type: string;
  labels: string[];
  help: string;
}

const cells = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
const words = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word!);

/** The rows of the guide about metrics whose names match. */
function listed(names: RegExp): Listed[] {
  const rows = GUIDE.split('\n')
    .filter((line) => /^\| `(convene|process|nodejs)_/.test(line))
    .map(cells);
  return rows
    .map(([name, type, labels, help]) => ({ name: words(name!)[0]!, type: type!, labels: words(labels!), help: help! }))
    .filter(({ name }) => names.test(name));
}

let app: TestApp;
let text: string;
let samples: Sample[];
beforeAll(async () => {
  app = await startApp();
  const ana = await app.signUp('ana');
  const event = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
  for (const client of [ana.client, app.client()]) await outcome(getEvent({ client, path: event }));
  await app.fetch(`/nowhere/${event.id}`);
  for (const kind of LIVE_KINDS) {
    const client = await openLive(kind, app.url, ana.accessToken, { after: 0 });
    await client.waitForItems(1);
    client.cut();
    await client.waitForEnd();
  }
  text = await ok(getMetrics({ client: app.client() }));
  samples = parseExposition(text);
});
afterAll(() => app.close());

/** What the server exposes. Labels come from the registry, because a metric may have no sample yet. */
function exposed(names: RegExp): Listed[] {
  const metrics = app.app.get(Metrics) as unknown as Record<'registry' | 'process', Metrics['registry']>;
  const found = [metrics.registry, metrics.process].flatMap((registry) => registry.getMetricsAsArray());
  const labels = new Map(
    found.map(({ name, labelNames }: { name: string; labelNames?: string[] }) => [name, labelNames ?? []]),
  );
  const helps = new Map([...text.matchAll(/^# HELP (\S+) (.+)$/gm)].map(([, name, help]) => [name!, help!]));
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)]
    .map(([, name, type]) => ({
      name: name!,
      type: type!,
      labels: [...(labels.get(name!) ?? [])],
      help: helps.get(name!)!,
    }))
    .filter(({ name }) => names.test(name));
}

const byName = (a: Listed, b: Listed): number => a.name.localeCompare(b.name);

describe('the metrics of the guide', () => {
  it.each([/^convene_/, /^(process|nodejs)_/])(
    'are those of the server, with type, labels and meaning: %s',
    (names) => {
      expect(listed(names).sort(byName)).toEqual(exposed(names).sort(byName));
    },
  );

  it.each([
    ['event loop', 'nodejs_eventloop_lag_p99_seconds'],
    ['requests', 'convene_http_request_duration_seconds'],
    ['pool', 'convene_database_connections'],
    ['wait for the pool', 'convene_database_waiting'],
    ['limits', 'convene_rate_limited_total'],
    ['overload', 'convene_overload_refused_total'],
    ['cache of sessions', 'convene_session_cache_total'],
    ['cache of roles', 'convene_role_cache_total'],
    ['known events', 'convene_known_events_total'],
    ['streams', 'convene_live_lag_seconds'],
    ['connections', 'convene_live_sockets'],
    ['queues', 'convene_queued_requests'],
    ['mails', 'convene_mails_total'],
    ['audit trail', 'convene_audit_dropped_total'],
  ])('include those of %s', (_what, name) => {
    expect(listed(/./).map((metric) => metric.name)).toContain(name);
  });

  it('have a closed list of values for each label', () => {
    const routes = routesOf(app)
      .map(({ path }) => path)
      .concat('none');
    const CLOSED: Record<string, readonly string[]> = {
      method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      status: ['1xx', '2xx', '3xx', '4xx', '5xx'],
      route: routes,
      queue: ['caller', 'calendar'],
      transport: TRANSPORT_KINDS,
      frame: Object.keys(SERVER_FRAMES),
      reason: [...END_REASON_NAMES, 'left', 'renewed'],
      state: ['idle', 'in_use'],
      budget: BUDGET_NAMES,
      result: ['hit', 'miss', 'wrong', 'sent', 'failed', 'given_up'],
    };
    for (const { name, labels } of samples.filter((sample) => sample.name.startsWith('convene_'))) {
      for (const [label, value] of Object.entries(labels)) {
        if (label === 'le') continue;
        expect([name, label, Object.hasOwn(CLOSED, label)]).toEqual([name, label, true]);
        expect(CLOSED[label]).toContain(value);
      }
    }
  });

  it('show every result of a cache before the first, so that a rate can be computed', () => {
    const results = (name: string): string[] =>
      samples.filter((sample) => sample.name === name).map(({ labels }) => labels.result!);
    expect(results('convene_session_cache_total').sort()).toEqual(['hit', 'miss']);
    expect(results('convene_role_cache_total').sort()).toEqual(['hit', 'miss']);
    expect(results('convene_known_events_total').sort()).toEqual(['hit', 'miss', 'wrong']);
    expect(results('convene_mails_total').sort()).toEqual(['failed', 'given_up', 'sent']);
  });
});
