import type { FastifyReply, FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { isNotModified, readPrecondition, versionTag } from './etag.js';

describe('versionTag', () => {
  it('begins with the version, and changes with the text and the format', () => {
    const tag = versionTag(3, '{"role":"editor"}');
    expect(tag).toMatch(/^"3\.\d{1,15}"$/);
    expect(versionTag(3, '{"role":"editor"}', 'json')).toBe(tag);
    const others = [versionTag(3, '{"role":"viewer"}'), versionTag(3, '{"role":"editor"}', 'msgpack')];
    expect(new Set([tag, ...others]).size).toBe(3);
  });
});

describe('isNotModified', () => {
  const check = (ifNoneMatch?: string): { unchanged: boolean; status?: number; etag?: string } => {
    const sent: { status?: number; etag?: string } = {};
    const reply = {
      header: (name: string, value: string) => void (name === 'etag' && (sent.etag = value)),
      getHeader: () => 'Accept',
      status: (code: number) => ((sent.status = code), { removeHeader: () => undefined }),
    } as unknown as FastifyReply;
    const request = { headers: { 'if-none-match': ifNoneMatch } } as unknown as FastifyRequest;
    return { unchanged: isNotModified('"3.14"', request, reply), ...sent };
  };

  it.each(['"3.14"', 'W/"3.14"', '"1.5", "3.14"', '*'])('responds with 304 to %s', (header) => {
    expect(check(header)).toEqual({ unchanged: true, status: 304, etag: '"3.14"' });
  });

  it.each([undefined, '', '"3"', '"3.1"', '"33.14"', 'x'])('sends the event for %j', (header) => {
    expect(check(header)).toEqual({ unchanged: false, etag: '"3.14"' });
  });
});

describe('readPrecondition', () => {
  it.each([
    ['"3"', 3],
    ['W/"3"', 3],
    ['3', 3],
    ['"3.201544831"', 3],
    ['W/"3.0"', 3],
    [' "12" ', 12],
    ['*', null],
    [undefined, null],
  ])('reads %j', (header, version) => {
    const expected = version === null ? null : { version, versions: [version], strict: false };
    expect(readPrecondition(header, undefined)).toEqual(expected);
  });

  it.each(['handling=strict', 'respond-async, handling="strict"', 'Handling = strict'])(
    'is strict with %j',
    (prefer) => {
      expect(readPrecondition('"3"', prefer)).toMatchObject({ version: 3, strict: true });
    },
  );

  it('is not strict for any other preference', () => {
    expect(readPrecondition('"3"', 'handling=lenient')).toMatchObject({ version: 3, strict: false });
  });

  it.each(['"3", "5", W/"4"', '"abc", 3, "5", "4"'])('takes the newest version of %j as the base', (header) => {
    expect(readPrecondition(header, undefined)).toEqual({ version: 5, versions: [3, 5, 4], strict: false });
  });

  it.each(['', 'three', '-1', '"3" "4"', '"99999999999"', '"1."', '".1"', '"1.0.0"', '"abc", "1.x"'])(
    'rejects %j with a pointer',
    (header) => {
      expect(() => readPrecondition(header, undefined)).toThrow(
        expect.objectContaining({
          status: 422,
          extras: { errors: [expect.objectContaining({ pointer: '/header/if-match', code: 'invalid' })] },
        }) as Error,
      );
    },
  );
});
