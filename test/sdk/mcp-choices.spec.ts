import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Agent, signUpAt } from '../support/mcp-clients.js';
import { type RunningServer, startServer } from '../support/running-server.js';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

describe('the choices of a conflict', () => {
  it('include a time for all dates of a series, whichever date was named', async () => {
    const ana = await signUpAt(server.url, 'ana');
    const agent = await Agent.overHttp(server.url, ana.token);
    const weekly = { recurrence_pattern: 'FREQ=WEEKLY;COUNT=20' };
    const series = { title: 'Weekly', start_time: '2031-04-07T09:00', end_time: '2031-04-07T09:30', ...weekly };
    const { id } = await ana.convene.events.create(series);
    await ana.convene.events.create({ title: 'Busy', start_time: '2031-06-09T10:00', end_time: '2031-06-09T11:00' });
    const asked = {
      event_id: id,
      version: 1,
      occurrence: '2031-06-02T09:00',
      scope: 'all',
      start_time: '2031-06-02T10:15',
      end_time: '2031-06-02T10:45',
    };
    const [first] = (await agent.refused('change_event', asked)).choices;
    expect(first.leave_out).toEqual(['occurrence', 'scope']);
    const kept = Object.entries({ ...asked, ...first.set }).filter(([name]) => !first.leave_out.includes(name));
    await agent.ok('change_event', Object.fromEntries(kept));
    expect(await ana.convene.events.get(id)).toMatchObject({ start_time: '2031-04-07T09:00:00Z' });
    await agent.close();
  });
});
