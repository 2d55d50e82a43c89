import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getMe, refresh } from '../../sdk/generated/sdk.gen.js';
import { send } from '../support/requests.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

type Json = Record<string, unknown>;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part: string): Json => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Json;

/** A genuine token with parts of header or claims changed, signed again. */
function altered(token: string, secret: string, change: { header?: Json; claims?: Json }, hash = 'sha256'): string {
  const [header = '', claims = ''] = token.split('.');
  const body = [encode({ ...decode(header), ...change.header }), encode({ ...decode(claims), ...change.claims })].join(
    '.',
  );
  return `${body}.${createHmac(hash, secret).update(body).digest('base64url')}`;
}

describe('access tokens', () => {
  let app: TestApp;
  let ana: Person;
  let secret: string;
  beforeAll(async () => {
    app = await startApp({ accessTokenSeconds: 900 });
    ana = await app.signUp('ana');
    secret = app.config.jwtSecrets[0]!;
  });
  afterAll(() => app.close());

  const present = (authorization: string): ReturnType<typeof send> =>
    send(app, '/api/auth/me', { headers: { authorization } });

  it('name the session, the issuer, the audience and their type', () => {
    const [header = '', claims = ''] = ana.accessToken.split('.');
    expect(decode(header)).toMatchObject({ alg: 'HS256', typ: 'at+jwt' });
    const { exp, iat, ...rest } = decode(claims);
    expect(Number(exp) - Number(iat)).toBe(900);
    expect(rest).toEqual({
      sub: ana.id,
      sid: expect.any(String),
      type: 'access',
      iss: 'convene',
      aud: 'convene-api',
      jti: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    });
  });

  it('each have an id of their own, also within one second', async () => {
    const tokens = await Promise.all(
      Array.from({ length: 20 }, () =>
        ok(refresh({ client: app.client(), body: { refresh_token: ana.refreshToken } })),
      ),
    );
    const ids = tokens.map(({ access_token: token }) => decode(token.split('.')[1]!).jti);
    expect(new Set(ids).size).toBe(20);
  });

  it('are accepted with any spelling of the scheme', async () => {
    for (const scheme of ['Bearer', 'bearer']) {
      expect((await present(`${scheme} ${ana.accessToken}`)).status).toBe(200);
    }
  });

  it('are accepted when signed again without a change, so that the refusals below mean something', async () => {
    expect((await present(`Bearer ${altered(ana.accessToken, secret, {})}`)).status).toBe(200);
  });

  const now = Math.floor(Date.now() / 1_000);
  const changed: [string, { header?: Json; claims?: Json }][] = [
    ['that expired', { claims: { exp: now - 1 } }],
    ['without an expiry', { claims: { exp: undefined } }],
    ['with an expiry that is not a number', { claims: { exp: '2100-01-01' } }],
    ['that is not valid yet', { claims: { nbf: now + 3_600 } }],
    ['of another issuer', { claims: { iss: 'elsewhere' } }],
    ['without an issuer', { claims: { iss: undefined } }],
    ['for another audience', { claims: { aud: 'another-api' } }],
    ['without an audience', { claims: { aud: undefined } }],
    ['of another type', { claims: { type: 'refresh' } }],
    ['without a type', { claims: { type: undefined } }],
    ['without a session', { claims: { sid: undefined } }],
    ['of a session that never was', { claims: { sid: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a01' } }],
    ['whose session is not an id', { claims: { sid: `' OR true --` } }],
    ['of another person than the session', { claims: { sub: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a01' } }],
    ['of another header type', { header: { typ: 'JWT' } }],
    ['of an unknown key', { header: { kid: 'another' } }],
    ['without a key', { header: { kid: undefined } }],
    ['whose key is no text', { header: { kid: { toString: 'x' } } }],
  ];
  it.each(changed)('are refused %s', async (_name, change) => {
    const answer = await present(`Bearer ${altered(ana.accessToken, secret, change)}`);
    expect(answer).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it.each(['none', 'None', 'HS384', 'HS512', 'RS256', 'ES256'])('are refused under the algorithm %s', async (alg) => {
    const hash = { HS384: 'sha384', HS512: 'sha512' }[alg] ?? 'sha256';
    const token = altered(ana.accessToken, secret, { header: { alg } }, hash);
    expect((await present(`Bearer ${token}`)).status).toBe(401);
    expect((await present(`Bearer ${token.replace(/[^.]*$/, '')}`)).status).toBe(401);
  });

  it('are refused with a signature of another secret, or none', async () => {
    expect((await present(`Bearer ${altered(ana.accessToken, 'another secret of 32 bytes or so', {})}`)).status).toBe(
      401,
    );
    expect((await present(`Bearer ${ana.accessToken.replace(/[^.]*$/, '')}`)).status).toBe(401);
  });

  it.each([
    ['nothing', ''],
    ['the scheme alone', 'Bearer'],
    ['another scheme', 'Basic YW5hOnB3'],
    ['garbage', 'Bearer garbage'],
    ['dots', 'Bearer ..'],
    ['a payload that is no JSON', `Bearer ${encode({ alg: 'HS256', typ: 'JWT' })}.bm9wZQ.c2ln`],
    ['a header that is no object', `Bearer ${encode('x')}.${encode({})}.c2ln`],
    ['a null header', `Bearer ${encode(null)}.${encode({})}.c2ln`],
    ['a very long token', `Bearer ${'a'.repeat(8_000)}`],
  ])('are not to be replaced by %s', async (_name, authorization) => {
    const answer = await present(authorization);
    expect(answer).toMatchObject({ status: 401, json: { code: 'unauthenticated', type: '/problems/unauthenticated' } });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('are refused with what is wrong with them, and with the error code of RFC 6750 when there is one', async () => {
    const eve = await app.signUp('eve');
    await send(app, '/api/auth/logout', { as: eve, method: 'POST' });
    const headers = (authorization?: string): Record<string, string> => (authorization ? { authorization } : {});
    for (const [authorization, detail, isToken] of [
      [undefined, 'has no access token', false],
      ['Basic YW5hOnB3', 'must be `Bearer', false],
      [ana.accessToken, 'must be `Bearer', false],
      ['Bearer garbage', 'is not valid', true],
      [`Bearer ${ana.refreshToken}`, 'is not valid', true],
      [`Bearer ${altered(ana.accessToken, secret, { claims: { exp: now - 1 } })}`, 'has expired', true],
      // A client that cannot sign learns nothing from a date.
      [`Bearer ${altered(ana.accessToken, 'another', { claims: { exp: now - 1 } })}`, 'is not valid', true],
      [`Bearer ${eve.accessToken}`, 'has ended', true],
    ] as const) {
      const answer = await send(app, '/api/auth/me', { headers: headers(authorization) });
      expect(answer).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
      expect([authorization, answer.json.detail]).toEqual([authorization, expect.stringContaining(detail)]);
      expect(answer.headers.get('www-authenticate')?.includes('error="invalid_token"')).toBe(isToken);
    }
  });

  it('are not to be replaced by a refresh token', async () => {
    expect((await present(`Bearer ${ana.refreshToken}`)).status).toBe(401);
  });

  it('stay apart when many people call at once', async () => {
    const people = [ana, ...(await Promise.all(['ben', 'cid', 'dee'].map((name) => app.signUp(name))))];
    const callers = Array.from({ length: 40 }, (_, index) => people[index % people.length]!);
    const answers = await Promise.all(callers.map(({ client }) => ok(getMe({ client }))));
    expect(answers.map(({ id }) => id)).toEqual(callers.map(({ id }) => id));
  });

  it('are not read from the query or the body', async () => {
    const token = ana.accessToken;
    expect((await send(app, `/api/auth/me?access_token=${token}`)).status).toBe(401);
    expect((await send(app, '/api/events', { body: { access_token: token } })).status).toBe(401);
  });
});

describe('a new signing secret', () => {
  const [OLD, NEW] = ['the old secret, still in the list for a while', 'the new secret, which signs from now on'];
  let before: TestApp;
  let after: TestApp;
  let alone: TestApp;
  let ana: Person;
  beforeAll(async () => {
    before = await startApp({ jwtSecrets: [OLD] });
    after = await startApp({ jwtSecrets: [NEW, OLD] }, before.database);
    alone = await startApp({ jwtSecrets: [NEW] }, before.database);
    ana = await before.signUp('ana');
  });
  afterAll(async () => {
    await Promise.all([after.close(), alone.close()]);
    await before.close();
  });

  const statusAt = async (app: TestApp, token: string): Promise<number> =>
    (await getMe({ client: app.client(token) })).response.status;

  it('lets tokens of the old one live as long as that is in the list', async () => {
    expect(await statusAt(after, ana.accessToken)).toBe(200);
    expect(await statusAt(alone, ana.accessToken)).toBe(401);
  });

  it('is the only one that verifies once the old one is removed, whoever verified the token before', async () => {
    const [, claims = ''] = ana.accessToken.split('.');
    const forged = `${ana.accessToken.split('.')[0]}.${claims}.${createHmac('sha256', NEW).update(claims).digest('base64url')}`;
    for (const token of [ana.accessToken, forged, altered(ana.accessToken, NEW, {})]) {
      expect(await statusAt(alone, token)).toBe(401);
    }
    const { status, code } = await refused(
      refresh({ client: alone.client(), body: { refresh_token: ana.refreshToken } }),
    );
    expect([status, code]).toEqual([401, 'refresh_token_invalid']);
    // A token that no secret of the list signed ends nothing.
    expect(await statusAt(before, ana.accessToken)).toBe(200);
  });

  it('signs what is refreshed from then on', async () => {
    const next = await ok(refresh({ client: after.client(), body: { refresh_token: ana.refreshToken } }));
    expect(await statusAt(alone, next.access_token)).toBe(200);
    expect(await statusAt(before, next.access_token)).toBe(401);
    const last = await ok(refresh({ client: alone.client(), body: { refresh_token: next.refresh_token } }));
    expect(await statusAt(alone, last.access_token)).toBe(200);
  });
});
