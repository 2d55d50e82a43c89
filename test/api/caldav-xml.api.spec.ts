import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, davCalls, signUpWithPhone, type DavAccount } from '../support/dav.js';
import { send } from '../support/requests.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const { propfind } = davCalls(() => app);

describe('hostile bodies', () => {
  let ana: DavAccount;
  beforeAll(async () => void (ana = await signUpWithPhone(app, 'ana')));
  const laughs = `<!DOCTYPE p [<!ENTITY a "${'ha'.repeat(100)}">${Array.from({ length: 9 }, (_, i) => `<!ENTITY ${'bcdefghij'[i]} "${`&${'abcdefghi'[i]};`.repeat(10)}">`).join('')}]>`;

  it.each([
    ['no XML', 'BEGIN:VCALENDAR'],
    ['JSON', '{"propfind": true}'],
    ['half of a document', '<propfind xmlns="DAV:"><prop>'],
    ['two documents', '<propfind xmlns="DAV:"/><propfind xmlns="DAV:"/>'],
    ['wrong nesting', '<propfind xmlns="DAV:"><prop></propfind></prop>'],
    ['an unknown prefix', '<D:propfind/>'],
    ['another root', '<D:multistatus xmlns:D="DAV:"/>'],
    ['the same attribute twice', '<propfind xmlns="DAV:" a="1" a="2"/>'],
    ['an unknown entity', '<propfind xmlns="DAV:">&nbsp;</propfind>'],
    ['a character that XML has not', '<propfind xmlns="DAV:">&#0;</propfind>'],
    ['a billion laughs', `${laughs}<propfind xmlns="DAV:">&j;</propfind>`],
    ['a file', '<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><propfind xmlns="DAV:">&x;</propfind>'],
    ['a document type elsewhere', '<!DOCTYPE p SYSTEM "http://127.0.0.1:1/x.dtd"><propfind xmlns="DAV:"/>'],
    ['deep nesting', `<propfind xmlns="DAV:">${'<a>'.repeat(10_000)}`],
    ['many elements', `<propfind xmlns="DAV:">${'<a/>'.repeat(25_000)}</propfind>`],
    ['many attributes', `<propfind xmlns="DAV:" ${Array.from({ length: 20_000 }, (_, i) => `a${i}=""`).join(' ')}/>`],
    [
      'many namespaces',
      `<propfind xmlns="DAV:" ${Array.from({ length: 20_000 }, (_, i) => `xmlns:a${i}="b"`).join(' ')}/>`,
    ],
    [
      'many properties',
      `<propfind xmlns="DAV:"><prop>${Array.from({ length: 500 }, (_, i) => `<a${i}/>`).join('')}</prop></propfind>`,
    ],
    ['a long name', `<${'p'.repeat(500_000)}`],
    ['a NUL', '<propfind xmlns="DAV:">\0</propfind>'],
  ])('with %s are a 400', async (_what, body) => {
    const answer = await propfind(ana, ana.calendar, '1', body);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      400,
      expect.objectContaining({ code: 'unreadable_body' }),
    ]);
  });

  it('in other encodings are a 400, larger ones a 413, and other types a 415', async () => {
    const request = { method: 'PROPFIND', path: ana.calendar };
    const statusOf = async (body: Buffer, type = 'application/xml'): Promise<number> => {
      const headers = { authorization: basic(ana.person.username, ana.secret), depth: '0', 'content-type': type };
      return (
        await fetch(new URL(request.path, app.url), { method: request.method, headers, body: new Uint8Array(body) })
      ).status;
    };
    expect(await statusOf(Buffer.from('\ufeff<propfind xmlns="DAV:"/>', 'utf16le'))).toBe(400);
    expect(await statusOf(Buffer.from([0x3c, 0xff, 0xfe, 0x3e]))).toBe(400);
    expect(await statusOf(Buffer.from('\ufeff<propfind xmlns="DAV:"/>'))).toBe(207);
    expect(await statusOf(Buffer.alloc(1_048_577, ' '))).toBe(413);
    expect(await statusOf(Buffer.from('{}'), 'text/plain')).toBe(415);
    // No other route takes XML.
    const created = await send(app, '/api/events', {
      as: ana.person,
      body: '<event/>',
      headers: { 'content-type': 'application/xml' },
    });
    expect(created.status).toBe(415);
  });
});
