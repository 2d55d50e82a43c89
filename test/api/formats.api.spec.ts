import { Packr } from 'msgpackr';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMeeting, MEETING } from '../support/meetings.js';
import {
  complaints,
  footprint,
  send,
  sendUndocumented,
  type WireAnswer,
  type WireRequest,
} from '../support/requests.js';
import { type Person, startApp, type TestApp } from '../support/test-app.js';

const TYPES = ['application/msgpack', 'application/x-msgpack', 'application/vnd.msgpack'];
const UUID = '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a01';
const packr = new Packr({ useRecords: false });

let app: TestApp;
let ana: Person;
beforeAll(async () => {
  app = await startApp();
  ana = await app.signUp('ana');
});
afterAll(() => app.close());

const unpacked = ({ bytes }: WireAnswer): Record<string, unknown> => packr.unpack(bytes) as Record<string, unknown>;
const create = (body: unknown, headers: Record<string, string> = {}): Promise<WireAnswer> =>
  sendUndocumented(app, '/api/events', { as: ana, body, headers });

/** Sends what must be refused, and looks that it left nothing behind. */
async function refusal(path: string, request: WireRequest = {}): Promise<WireAnswer> {
  const before = await footprint(app.database);
  const answer = await sendUndocumented(app, path, { as: ana, ...request });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const { status, type, code, request_id } = answer.json as Record<string, unknown>;
  expect([status, type]).toEqual([answer.status, `/problems/${code as string}`]);
  expect(answer.headers.get('x-request-id')).toBe(request_id);
  expect(await footprint(app.database)).toEqual(before);
  return answer;
}

describe('MessagePack', () => {
  const body = { ...MEETING, title: 'Déjeuner 🥗', show_as: 'free' };

  it.each(TYPES)('is accepted and returned as %s', async (type) => {
    const answer = await create(packr.pack(body), { 'content-type': type, accept: type });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([201, 'application/msgpack']);
    const event = unpacked(answer);
    expect(event).toMatchObject({ ...body, version: 1, owner: { id: ana.id } });
    const read = await sendUndocumented(app, `/api/events/${event.id as string}`, {
      as: ana,
      headers: { accept: type },
    });
    expect(unpacked(read)).toEqual(event);
    expect(read.headers.get('vary')).toContain('Accept');
  });

  it('may go in one direction only', async () => {
    const inOnly = await create(packr.pack(body), { 'content-type': TYPES[0]! });
    expect(inOnly).toMatchObject({ status: 201, json: { title: body.title } });
    const outOnly = await create(body, { accept: TYPES[0]! });
    expect(unpacked(outOnly)).toMatchObject({ title: body.title });
    const preferred = await create(body, { accept: 'application/json;q=0.5, application/msgpack' });
    expect(unpacked(preferred)).toMatchObject({ title: body.title });
  });

  it('carries lists, timestamps and nothing at all', async () => {
    const dates = { start_time: new Date(MEETING.start_time), end_time: new Date(MEETING.end_time) };
    const batch = await sendUndocumented(app, '/api/events/batch', {
      as: ana,
      body: packr.pack([{ ...body, ...dates }]),
      headers: { 'content-type': TYPES[0]!, accept: TYPES[0]! },
    });
    expect(unpacked(batch)).toMatchObject({ items: [{ start_time: MEETING.start_time, end_time: MEETING.end_time }] });
    const empty = { as: ana, method: 'POST', body: new Uint8Array(), headers: { 'content-type': TYPES[0]! } };
    expect(await send(app, '/api/notifications/read-all', empty)).toMatchObject({ status: 200 });
  });

  it('carries problems too', async () => {
    const headers = { 'content-type': TYPES[0]!, accept: TYPES[1]! };
    const invalid = await create(packr.pack({ ...body, end_time: body.start_time, owner_id: UUID }), headers);
    expect([invalid.status, invalid.headers.get('content-type')]).toEqual([422, 'application/msgpack']);
    expect(unpacked(invalid)).toMatchObject({
      status: 422,
      code: 'validation_failed',
      errors: [{ pointer: '/owner_id', code: 'unknown_field' }],
      request_id: invalid.headers.get('x-request-id'),
    });
    const requests: [number, string, WireRequest][] = [
      [401, '/api/events', { headers: { accept: TYPES[0]! } }],
      [404, `/api/events/${UUID}`, { as: ana, headers: { accept: TYPES[0]! } }],
      [404, '/api/nothing', { as: ana, headers: { accept: TYPES[0]! } }],
      [400, '/api/events/%ff', { as: ana, headers: { accept: TYPES[0]! } }],
      [400, '/api/events', { as: ana, body: '{', headers: { accept: TYPES[0]! } }],
      [
        400,
        '/api/events',
        { as: ana, body: Buffer.from([0xc1]), headers: { 'content-type': TYPES[1]!, accept: TYPES[0]! } },
      ],
      [413, '/api/events', { as: ana, body: Buffer.alloc(5_000_000), headers: { accept: TYPES[0]! } }],
      [413, '/api/events', { as: ana, body: Buffer.alloc(2_000_000), headers: { accept: TYPES[0]! } }],
      [415, '/api/events', { as: ana, body: 'x', headers: { 'content-type': 'text/plain', accept: TYPES[0]! } }],
    ];
    for (const [status, path, request] of requests) {
      const answer = await sendUndocumented(app, path, request);
      expect([answer.status, unpacked(answer).status]).toEqual([status, status]);
      expect(answer.headers.get('content-type')).toBe(TYPES[0]);
    }
  });

  it.each([
    ['a byte that it never uses', [0xc1]],
    ['an end too soon', [0x82, 0xa5]],
    ['two values', [0x80, 0x80]],
    ['JSON', [...Buffer.from('{"title":"x"}')]],
    ['a list of four billion', [0xdd, 0xff, 0xff, 0xff, 0xff]],
    ['text that is not UTF-8', [0x81, 0xa5, ...Buffer.from('title'), 0xa2, 0xff, 0xfe]],
    ['an extension that is not a timestamp', [0x81, 0xa5, ...Buffer.from('title'), 0xd4, 0x01, 0x00]],
  ])('that holds %s is refused with 400', async (_name, bytes) => {
    const request = { body: Buffer.from(bytes), headers: { 'content-type': TYPES[0]! } };
    const { status, json } = await refusal('/api/events', request);
    expect([status, json.code]).toEqual([400, 'unreadable_body']);
  });

  it('never nests deeper than 32', async () => {
    const request = { body: Buffer.alloc(30_000, 0x91), headers: { 'content-type': TYPES[0]! } };
    expect(await refusal('/api/events', request)).toMatchObject({ status: 400, json: { code: 'unreadable_body' } });
  });
});

describe('formats that are not spoken', () => {
  it.each(['text/html', 'application/xml', 'image/*', 'application/json;q=0'])('Accept: %s is 406', async (accept) => {
    const { status, json } = await refusal('/api/events', { headers: { accept } });
    expect([status, json.code]).toEqual([406, 'not_acceptable']);
  });

  it.each(['text/plain', 'text/html', 'application/xml', 'multipart/form-data; boundary=x', 'nonsense'])(
    'Content-Type: %s is 415',
    async (type) => {
      const request = { body: JSON.stringify(MEETING), headers: { 'content-type': type } };
      const { status, json } = await refusal('/api/events', request);
      expect([status, json.code]).toEqual([415, 'unsupported_format']);
    },
  );

  it('a form is for logging in only, and a merge patch for PATCH only', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'application/merge-patch+json']) {
      const request = { body: 'title=x', headers: { 'content-type': type } };
      expect((await refusal('/api/events', request)).status).toBe(415);
    }
  });

  it('browsers get JSON', async () => {
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    expect((await send(app, '/api/events', { as: ana, headers })).headers.get('content-type')).toMatch(
      /^application\/json/,
    );
  });
});

describe('a body that is empty, but typed', () => {
  it.each([
    'application/json',
    'application/merge-patch+json',
    'application/x-www-form-urlencoded',
    'text/plain',
    'nonsense',
    ...TYPES,
  ])('is no body with %s', async (type) => {
    const { id } = await createMeeting(ana, { show_as: 'free' });
    const request = { as: ana, method: 'POST', body: new Uint8Array(), headers: { 'content-type': type } };
    for (const path of [`/api/events/${id}/restore`, '/api/notifications/read-all']) {
      expect((await send(app, path, request)).status).toBe(200);
    }
    const deleted = await send(app, `/api/events/${id}`, { ...request, method: 'DELETE' });
    expect(deleted.status).toBe(204);
  });

  it('is no body in chunks either', async () => {
    const empty = new ReadableStream({ start: (controller) => controller.close() });
    const init = { method: 'POST', body: empty, duplex: 'half', headers: { 'content-type': TYPES[0]! } } as RequestInit;
    const headers = { ...init.headers, authorization: `Bearer ${ana.accessToken}` };
    expect((await app.fetch('/api/notifications/read-all', { ...init, headers })).status).toBe(200);
  });

  it('is refused where a body is required', async () => {
    const request = { method: 'POST', body: new Uint8Array(), headers: { 'content-type': 'text/plain' } };
    const { status, json } = await refusal('/api/events', request);
    expect([status, ...complaints(json)]).toEqual([
      422,
      '/title required',
      '/start_time required',
      '/end_time required',
    ]);
  });
});

describe('bodies that cannot be read', () => {
  it.each(['{', '{"title":}', "{'title':'x'}", '{"title":"x"} trailing', 'nope', '\u0000'])(
    '%j is 400',
    async (body) => {
      const { status, json } = await refusal('/api/events', { body });
      expect([status, json.code]).toEqual([400, 'unreadable_body']);
      expect(json.detail).not.toContain('title');
    },
  );

  it('text that is not UTF-8 is 400', async () => {
    const body = Buffer.concat([Buffer.from('{"title":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    expect((await refusal('/api/events', { body })).status).toBe(400);
  });

  it.each(['[', '{"a":', '{"title":[{"a":'])('30 KB of %s is 400', async (piece) => {
    const body = piece.repeat(Math.ceil(30_000 / piece.length));
    expect(await refusal('/api/events', { body })).toMatchObject({ status: 400, json: { code: 'unreadable_body' } });
  });

  it.each(['[]', '"text"', '7', 'true'])('%s is read and refused with 422', async (body) => {
    const { status, json } = await refusal('/api/events', { body });
    expect([status, ...complaints(json)]).toEqual([422, ' invalid']);
  });
});

describe('fields that nobody may send', () => {
  it.each([
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'owner_id',
    'version',
    'id',
    'deleted',
  ])('%s is 422 on every write', async (name) => {
    const { id } = await createMeeting(ana, { show_as: 'free' });
    const member = `"${name}":{"role":"owner"}`;
    const writes: [string, string, string][] = [
      ['POST', '/api/events', JSON.stringify(MEETING)],
      ['PUT', `/api/events/${id}`, '{"title":"x"}'],
      ['POST', `/api/events/${id}/rollback/1`, '{"on_conflict":"allow"}'],
      ['POST', `/api/events/${id}/restore`, '{"on_conflict":"allow"}'],
      ['PUT', `/api/events/${id}/permissions/${ana.id}`, '{"role":"owner"}'],
      ['PATCH', '/api/auth/me', '{"time_zone":"UTC"}'],
    ];
    for (const [method, path, body] of writes) {
      // An event that is sent back as it was read has an id and a version.
      if (method === 'PUT' && ['id', 'version'].includes(name)) continue;
      const { status, json } = await refusal(path, { method, body: body.replace(/\}$/, `,${member}}`) });
      expect([status, ...complaints(json)]).toEqual([422, `/${name} unknown_field`]);
    }
  });

  it('are refused deeper down as well', async () => {
    const within = (recurrence: string): string =>
      JSON.stringify(MEETING).replace(/\}$/, `,"recurrence_pattern":${recurrence}}`);
    for (const [recurrence, complaint] of [
      ['{"frequency":"daily","__proto__":{"count":1}}', '/recurrence_pattern/__proto__ unknown_field'],
      ['{"frequency":"daily","by_day":[{"constructor":1}]}', '/recurrence_pattern/by_day/0/constructor unknown_field'],
      ['{"frequency":"daily","a/b":1}', '/recurrence_pattern/a~1b unknown_rule_part'],
    ] as const) {
      const { status, json } = await refusal('/api/events', { body: within(recurrence) });
      expect([status, ...complaints(json)]).toEqual([422, complaint]);
    }
    expect(({} as { count?: number }).count).toBeUndefined();
  });

  it('are named in MessagePack as well when half a character is in their name', async () => {
    const headers = { 'content-type': 'application/json', accept: TYPES[0]! };
    const body = JSON.stringify(MEETING).replace(/\}$/, String.raw`,"a\ud800":1}`);
    const answer = await sendUndocumented(app, '/api/events', { as: ana, body: Buffer.from(body), headers });
    expect(answer.status).toBe(422);
    expect(unpacked(answer)).toMatchObject({ errors: [{ pointer: '/a\ufffd', code: 'unknown_field' }] });
  });

  it('are refused in queries', async () => {
    for (const name of ['nope', '__proto__', 'constructor', 'limit[]']) {
      const { status, json } = await refusal(`/api/events?${name}=1`);
      expect([status, ...complaints(json)]).toEqual([422, `/query/${name} unknown_field`]);
    }
  });
});

describe('text that cannot be stored', () => {
  it.each(['a\\u0000b', '\\ud800', 'a\\udc00', '\\udc00\\ud800'])('%s is 422 wherever text goes', async (text) => {
    const { id } = await createMeeting(ana, { show_as: 'free' });
    const writes: [string, string, string, string][] = [
      [
        'POST',
        '/api/events',
        `{"title":"${text}","start_time":"2026-06-01T10:00","end_time":"2026-06-01T11:00"}`,
        '/title',
      ],
      ['PATCH', `/api/events/${id}`, `{"description":"${text}"}`, '/description'],
      ['PATCH', `/api/events/${id}`, `{"location":"${text}"}`, '/location'],
      ['PATCH', `/api/events/${id}`, `{"title":"x","change_comment":"${text}"}`, '/change_comment'],
      ['PATCH', '/api/auth/me', `{"time_zone":"${text}"}`, '/time_zone'],
      ['POST', `/api/events/${id}/share`, `{"username":"${text}","role":"viewer"}`, '/username'],
    ];
    for (const [method, path, body, pointer] of writes) {
      const { status, json } = await refusal(path, { method, body });
      expect([status, ...complaints(json)]).toEqual([422, `${pointer} invalid`]);
    }
    const login = { method: 'POST', body: `{"username":"${text}","password":"${text}"}` };
    expect((await refusal('/api/auth/login', login)).status).toBe(422);
  });
});

describe('addresses', () => {
  let id: string;
  beforeEach(async () => void ({ id } = await createMeeting(ana, { show_as: 'free' })));

  it.each(['123', 'me', 'null', "1' OR '1'='1", '../events', `${UUID}x`, 'a'.repeat(150)])(
    'with the id %s are 422',
    async (text) => {
      const part = encodeURIComponent(text);
      const paths: [string, string, string][] = [
        ['GET', `/api/events/${part}`, '/path/id'],
        ['PUT', `/api/events/${part}`, '/path/id'],
        ['DELETE', `/api/events/${part}`, '/path/id'],
        ['GET', `/api/events/${part}/history`, '/path/id'],
        ['POST', `/api/events/${part}/rollback/1`, '/path/id'],
        ['DELETE', `/api/events/${id}/permissions/${part}`, '/path/userId'],
        ['POST', `/api/notifications/${part}/read`, '/path/id'],
        ['DELETE', `/api/auth/sessions/${part}`, '/path/id'],
      ];
      for (const [method, path, pointer] of paths) {
        const { status, json } = await refusal(path, { method });
        expect([status, ...complaints(json)]).toEqual([422, `${pointer} not_a_uuid`]);
      }
    },
  );

  it('take ids in upper case', async () => {
    expect(await send(app, `/api/events/${id.toUpperCase()}`, { as: ana })).toMatchObject({
      status: 200,
      json: { id },
    });
  });

  it.each(['/api/events/%ff', '/api/events/%zz', `/api/events/${'a'.repeat(500)}`, '/api/events/%00'])(
    'that cannot be read are refused in the same words: %.20s',
    async (path) => {
      expect((await refusal(path)).status).toBeLessThanOrEqual(422);
    },
  );

  it('work the same with a trailing slash', async () => {
    expect(await send(app, `/api/events/${id}/`, { as: ana })).toMatchObject({ status: 200, json: { id } });
    expect((await send(app, '/api/events/?limit=1', { as: ana })).status).toBe(200);
  });

  it('that do not exist, or take no such method, are 404 or 405', async () => {
    expect((await refusal('/api/nothing')).status).toBe(404);
    for (const [method, path] of [
      ['PATCH', '/api/events'],
      ['DELETE', '/api/events'],
      ['PUT', '/api/events/batch'],
      ['POST', `/api/events/${id}`],
      ['GET', '/api/auth/login'],
      ['PUT', `/api/events/${id}/history/1`],
      ['DELETE', `/api/events/${id}/history/1`],
    ] as const) {
      expect([404, 405, 422]).toContain((await refusal(path, { method })).status);
    }
  });
});

describe('X-Request-Id', () => {
  it('comes back as it was sent, in the body of a problem too', async () => {
    const headers = { 'x-request-id': 'deploy-7/try.1' };
    const good = await send(app, '/api/events', { as: ana, headers });
    expect(good.headers.get('x-request-id')).toBe('deploy-7/try.1');
    expect((await refusal('/api/events?limit=-1', { headers })).json.request_id).toBe('deploy-7/try.1');
  });

  it.each(['has spaces', 'x'.repeat(129), '"quoted"', '<script>', ''])('is generated instead of %j', async (sent) => {
    const { headers } = await send(app, '/api/events', { as: ana, headers: { 'x-request-id': sent } });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('differs from request to request', async () => {
    const ids = await Promise.all(
      [1, 2, 3].map(async () => (await send(app, '/health/live')).headers.get('x-request-id')),
    );
    expect(new Set(ids).size).toBe(3);
  });
});
