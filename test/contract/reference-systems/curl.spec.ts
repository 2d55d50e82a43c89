import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlainClient } from '../../support/plain-client.js';
import { type RunningServer, startServer } from '../../support/running-server.js';

const run = promisify(execFile);

const REGISTER = '{"username":"testuser","email":"test@example.com","password":"correct horse 7"}';
const LOGIN = '{"username":"testuser","password":"correct horse 7"}';
const CREATE =
  '{"title":"Team Meeting","description":"Weekly sync","start_time":"2023-06-01T10:00:00","end_time":"2023-06-01T11:00:00"}';

interface Answer {
  status: number;
  body: object;
}

/** `curl -X POST <url> -d <data>`, with the real program. */
async function curl(url: string, data: string, ...headers: string[]): Promise<Answer> {
  const options = headers.flatMap((header) => ['-H', header]);
  const args = ['-s', '--noproxy', '*', '-w', '\n%{http_code}', '-X', 'POST', url, ...options, '-d', data];
  const { stdout } = await run('curl', args);
  const lines = stdout.split('\n');
  return { status: Number(lines.pop()), body: JSON.parse(lines.join('\n')) as object };
}

/** The same bytes: without -H, curl calls everything that -d sends a form. */
async function likeCurl(url: string, data: string, ...headers: string[]): Promise<Answer> {
  const sent = new Headers({
    'content-type': 'application/x-www-form-urlencoded',
    accept: '*/*',
    'user-agent': 'curl/8',
  });
  for (const header of headers) sent.set(header.split(': ')[0]!, header.split(': ')[1]!);
  const response = await fetch(url, { method: 'POST', headers: sent, body: data });
  return { status: response.status, body: (await response.json()) as object };
}

const hasCurl = await run('curl', ['--version']).then(
  () => true,
  () => false,
);

describe.each([
  ['curl', hasCurl ? curl : likeCurl],
  ['a client that sends the same bytes', likeCurl],
] as const)('the calls as the reference systems print them, by %s', (_name, post) => {
  let server: RunningServer;
  beforeAll(async () => void (server = await startServer()));
  afterAll(() => server.stop());

  it('register, login and create an event, with no content type given', async () => {
    const user = { username: 'testuser', email: 'test@example.com' };
    const registered = await post(`${server.url}/api/auth/register`, REGISTER);
    expect(registered).toMatchObject({ status: 201, body: { token_type: 'Bearer', user } });

    const loggedIn = await post(`${server.url}/api/auth/login`, LOGIN);
    expect(loggedIn).toMatchObject({ status: 200, body: { token_type: 'Bearer', user } });

    const { access_token: token } = loggedIn.body as { access_token: string };
    const times = { start_time: '2023-06-01T10:00:00Z', end_time: '2023-06-01T11:00:00Z', time_zone: 'UTC' };
    const event = { title: 'Team Meeting', description: 'Weekly sync', ...times, version: 1, role: 'owner' };
    const created = await post(`${server.url}/api/events`, CREATE, `Authorization: Bearer ${token}`);
    expect(created).toMatchObject({ status: 201, body: event });
    const listed = await new PlainClient(server.url).call('GET', '/api/events', { token });
    expect(listed.body).toMatchObject({ items: [event] });

    expect((await post(`${server.url}/api/events`, CREATE)).status).toBe(401);
    expect((await post(`${server.url}/api/auth/login`, LOGIN.replace('7', '8'))).status).toBe(401);
  });

  it('with the content type, too', async () => {
    const again = await post(`${server.url}/api/auth/register`, REGISTER, 'Content-Type: application/json');
    expect(again).toMatchObject({ status: 409, body: { code: 'name_taken' } });
    const loggedIn = await post(`${server.url}/api/auth/login`, LOGIN, 'Content-Type: application/json');
    expect(loggedIn.status).toBe(200);
  });

  it('with -d username=…&password=…, as OAuth 2.0 has it', async () => {
    const form = 'username=testuser&password=correct+horse+7&grant_type=password';
    expect(await post(`${server.url}/api/auth/login`, form)).toMatchObject({ status: 200 });
    expect(await post(`${server.url}/api/auth/register`, form)).toMatchObject({ status: 415 });
  });
});
