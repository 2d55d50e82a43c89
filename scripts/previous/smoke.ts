import { randomBytes } from 'node:crypto';

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** Calls the API of a server as one person. */
export class Caller {
  private token = '';
  readonly username = `smoke-${randomBytes(4).toString('hex')}`;

  constructor(private readonly url: string) {}

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text ? (JSON.parse(text) as Record<string, unknown>) : {} };
  }

  async register(): Promise<void> {
    const account = { username: this.username, email: `${this.username}@example.com`, password: 'correct horse 7' };
    const { status, body } = await this.call('POST', '/api/auth/register', account);
    if (status !== 201) throw new Error(`POST /api/auth/register answers ${status}`);
    this.token = String(body.access_token);
  }
}

const slot = (n: number): Record<string, string> => ({
  start_time: new Date(Date.UTC(2031, 0, 1) + n * 3_600_000).toISOString(),
  end_time: new Date(Date.UTC(2031, 0, 1) + n * 3_600_000 + 1_800_000).toISOString(),
});

/** Uses most of the API. Returns a sentence for each answer that is not the expected one. */
export async function smoke(url: string): Promise<string[]> {
  const failures: string[] = [];
  const [ana, ben] = [new Caller(url), new Caller(url)];
  const expect = async (expected: number, caller: Caller, method: string, path: string, body?: unknown) => {
    const answer = await caller.call(method, path, body);
    if (answer.status !== expected)
      failures.push(`${method} ${path} answers ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  await ana.register();
  await ben.register();
  const { id } = await expect(201, ana, 'POST', '/api/events', { title: 'Plan', ...slot(1) });
  const event = `/api/events/${String(id)}`;
  await expect(409, ana, 'POST', '/api/events', { title: 'Clash', ...slot(1) });
  await expect(200, ana, 'POST', `${event}/share`, { users: [{ username: ben.username, role: 'editor' }] });
  await expect(200, ben, 'PUT', event, { title: 'Plan B', description: 'long '.repeat(1_000), location: 'Room 4' });
  await expect(200, ben, 'POST', `${event}/rollback/1`, {});
  for (const path of ['', '/history', '/history/2', '/changelog', '/diff/1/2', '/permissions']) {
    await expect(200, ana, 'GET', `${event}${path}`);
  }
  const series = { title: 'Daily', ...slot(48), time_zone: 'Europe/Paris', recurrence_pattern: 'FREQ=DAILY;COUNT=9' };
  const daily = await expect(201, ana, 'POST', '/api/events', { ...series, is_recurring: true });
  const occurrence = `/api/events/${String(daily.id)}?occurrence=${slot(48 + 72).start_time}`;
  await expect(200, ana, 'PUT', `${occurrence}&scope=this`, { title: 'Once' });
  await expect(200, ana, 'PUT', `${occurrence}&scope=following`, { title: 'From here on' });
  await expect(204, ana, 'DELETE', event);
  await expect(200, ana, 'POST', `${event}/restore`, {});
  for (const path of ['events?q=plan', 'events?from=2031-01-01T00:00:00Z&to=2031-02-01T00:00:00Z&expand=true', 'audit'])
    await expect(200, ana, 'GET', `/api/${path}`);
  for (const path of ['notifications', 'changes?after=0']) await expect(200, ben, 'GET', `/api/${path}`);
  await expect(200, ana, 'GET', '/health/ready');
  return failures;
}

/** Writes one event after another until it is stopped. */
export class SteadyWriter {
  readonly failures: string[] = [];
  acknowledged = 0;
  private isStopped = false;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly caller: Caller) {}

  /** Returns a sentence when the server has not all events that it acknowledged. */
  async check(): Promise<string[]> {
    const { body } = await this.caller.call('GET', '/api/events?page=1&page_size=1');
    return body.total === this.acknowledged
      ? []
      : [`It acknowledged ${this.acknowledged} events during the migration, and has ${String(body.total)}`];
  }

  async start(): Promise<void> {
    await this.caller.register();
    this.writing = this.write();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.writing;
  }

  private async write(): Promise<void> {
    for (let n = 100; !this.isStopped; n += 1) {
      const { status, body } = await this.caller.call('POST', '/api/events', { title: `${n}`, ...slot(n) });
      if (status === 201) this.acknowledged += 1;
      else this.failures.push(`During the migration, POST /api/events answers ${status}: ${JSON.stringify(body)}`);
    }
  }
}
