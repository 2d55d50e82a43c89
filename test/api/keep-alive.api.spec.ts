import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Server } from 'node:http';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

it('an idle connection is kept for longer than its client is told', async () => {
  const response = await app.fetch('/health/live');
  const told = Number(/^timeout=(\d+)$/.exec(response.headers.get('keep-alive')!)![1]);
  const { keepAliveTimeout }: Server = app.app.getHttpServer();
  expect(keepAliveTimeout / 1_000 - told).toBeGreaterThanOrEqual(10);
});
