import { randomBytes } from 'node:crypto';
import { pack } from 'msgpackr';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Chance } from '../support/random.js';
import { PASSWORD, type Person, startApp, type TestApp } from '../support/test-app.js';

const SAMPLES = 80;
/**
 * Two samples of one distribution are further apart once in 10,000,000 times (Kolmogorov–Smirnov), however slow the
 * machine and whatever the distribution. A response without a hash is 1 apart.
 */
const MAX_DISTANCE = Math.sqrt(Math.log(2 / 1e-7) / SAMPLES);

/** Returns the largest difference between the distribution functions of two samples. */
function distance(one: number[], other: number[]): number {
  const share = (sample: number[], limit: number): number =>
    sample.filter((value) => value <= limit).length / sample.length;
  return Math.max(...[...one, ...other].map((limit) => Math.abs(share(one, limit) - share(other, limit))));
}

let app: TestApp;
let ana: Person;
let erased: Person;
beforeAll(async () => {
  // A server that refuses because the machine is busy would be compared as well.
  app = await startApp();
  [ana, erased] = [await app.signUp('ana'), await app.signUp('erased')];
  const { status } = await app.fetch('/api/auth/me', {
    method: 'DELETE',
    headers: { authorization: `Bearer ${erased.accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ password: PASSWORD }),
  });
  expect(status).toBe(204);
});
afterAll(() => app.close());

const JSON_TYPE = { 'content-type': 'application/json' };
const MSGPACK = { 'content-type': 'application/msgpack', accept: 'application/msgpack' };
const encoded: Record<string, (body: Record<string, string>) => RequestInit> = {
  JSON: (body) => ({ headers: JSON_TYPE, body: JSON.stringify(body) }),
  MessagePack: (body) => ({ headers: MSGPACK, body: new Uint8Array(pack(body)) }),
  'an OAuth 2.0 form': (body) => ({ body: new URLSearchParams({ grant_type: 'password', ...body }) }),
};

interface Attempt {
  milliseconds: number;
  /** All that a stranger receives, without what differs in every response. */
  answer: object;
}

async function attempt(init: RequestInit): Promise<Attempt> {
  const began = performance.now();
  const response = await fetch(`${app.url}/api/auth/login`, { method: 'POST', ...init });
  const bytes = Buffer.from(await response.arrayBuffer());
  const milliseconds = performance.now() - began;
  const { date: _date, 'x-request-id': id = '', ...headers } = Object.fromEntries(response.headers);
  const body = bytes.toString('latin1').replaceAll(id, '<id>');
  return { milliseconds, answer: { status: response.status, headers, body } };
}

/** Tries both again and again, in random order. */
async function compare(known: () => RequestInit, unknown: () => RequestInit): Promise<[Attempt[], Attempt[]]> {
  const chance = new Chance(Date.now() % 1_000_000);
  const attempts: [Attempt[], Attempt[]] = [[], []];
  for (let round = 0; round < SAMPLES; round += 1) {
    const first = chance.next() < 0.5 ? 0 : 1;
    for (const side of [first, 1 - first] as const) attempts[side]!.push(await attempt([known, unknown][side]!()));
  }
  return attempts;
}

describe('a wrong password and an unknown name', () => {
  const nobody = (): string => `nobody-${randomBytes(4).toString('hex')}`;
  const password = 'not the password';
  const WAYS: [
    string,
    string,
    (format: (body: Record<string, string>) => RequestInit) => [() => RequestInit, () => RequestInit],
  ][] = [
    ...Object.keys(encoded).map((format): (typeof WAYS)[number] => [
      'user names',
      format,
      (encode) => [() => encode({ username: ana.username, password }), () => encode({ username: nobody(), password })],
    ]),
    [
      'e-mail addresses',
      'JSON',
      (encode) => [
        () => encode({ email: ana.email, password }),
        () => encode({ email: `${nobody()}@example.com`, password }),
      ],
    ],
    [
      'the name of an erased account',
      'JSON',
      (encode) => [
        () => encode({ username: ana.username, password: PASSWORD.toUpperCase() }),
        () => encode({ username: erased.username, password: PASSWORD }),
      ],
    ],
  ];

  it.each(WAYS)('have one response that takes as long, with %s in %s', async (_names, format, build) => {
    const [wrong, unknown] = build(encoded[format]!);
    // The first request of a connection, and the first query of a kind, take longer.
    for (const request of [wrong, unknown]) await attempt(request());
    const [one, other] = await compare(wrong, unknown);
    const answers = new Set([...one, ...other].map(({ answer }) => JSON.stringify(answer)));
    expect(answers.size).toBe(1);
    expect(one[0]!.answer).toMatchObject({ status: 401 });
    const times = [one, other].map((attempts) => attempts.map(({ milliseconds }) => milliseconds));
    expect(distance(times[0]!, times[1]!)).toBeLessThan(MAX_DISTANCE);
  });
});

describe('the distance of two samples', () => {
  it('is 0 of equal ones, 1 of separate ones, and the largest difference of others', () => {
    expect(distance([1, 2, 3], [3, 2, 1])).toBe(0);
    expect(distance([1, 2, 3], [4, 5, 6])).toBe(1);
    expect(distance([1, 2, 3, 4], [3, 4, 5, 6])).toBe(0.5);
  });
});
