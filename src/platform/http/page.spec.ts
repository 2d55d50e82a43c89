import type { FastifyReply, FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { pageOf, type PageQuery, pageRequest, pageView, type PageView } from './page.js';

const keyOf = (text: string): string[] => [text];

/** Returns the response of a list of letters. */
function pageFor(query: PageQuery, rows: string[], total: number | null = null): PageView & { link?: string } {
  const page = pageOf(rows, pageRequest(query, 'letters', 1), keyOf, total);
  const headers: Record<string, string> = {};
  const reply = { header: (name: string, value: string) => void (headers[name] = value) } as unknown as FastifyReply;
  const url = `/api/letters?${new URLSearchParams(query as Record<string, string>).toString()}`;
  return { ...pageView(page, query, { url } as FastifyRequest, reply), ...headers };
}

const errorOf = (query: PageQuery, order = 'letters', keyLength = 1): unknown => {
  try {
    return pageRequest(query, order, keyLength);
  } catch (error) {
    return (error as { extras: { errors: { pointer: string; code: string }[] } }).extras.errors.map(
      ({ pointer, code }) => `${pointer} ${code}`,
    );
  }
};

describe('pages by cursor', () => {
  it('reads the first 50 items by default', () => {
    expect(pageRequest({}, 'letters', 1)).toEqual({ order: 'letters', limit: 50, after: null, offset: null });
  });

  it('drops the row beyond the limit and continues after the last item', () => {
    const request = pageRequest({ limit: 2 }, 'letters', 1);
    expect(pageOf(['a', 'b', 'c'], request, keyOf, null).items).toEqual(['a', 'b']);
    const { next_cursor: cursor } = pageFor({ limit: 2 }, ['a', 'b', 'c']);
    expect(pageRequest({ limit: 2, cursor: cursor! }, 'letters', 1).after).toEqual(['b']);
  });

  it('ends if no row is left', () => {
    expect(pageFor({ limit: 2 }, ['a', 'b'])).toEqual({ next_cursor: null });
    expect(pageFor({ limit: 2 }, [])).toEqual({ next_cursor: null });
  });

  it('links to the next page with all other parameters', () => {
    const { link, next_cursor: cursor } = pageFor({ limit: 1 }, ['a', 'b']);
    expect(link).toBe(`</api/letters?limit=1&cursor=${cursor}>; rel="next"`);
  });

  it('rejects a cursor of another list or of another order, and a malformed one', () => {
    const cursor = pageFor({ limit: 1 }, ['a', 'b']).next_cursor!;
    const rejected = ['/query/cursor invalid'];
    expect(errorOf({ cursor }, 'numbers')).toEqual(rejected);
    expect(errorOf({ cursor }, 'letters', 2)).toEqual(rejected);
    const forged = [[], {}, null, ['letters', 1], ['letters', '\0'], ['letters'], 'letters'];
    for (const key of forged) {
      expect(errorOf({ cursor: Buffer.from(JSON.stringify(key)).toString('base64url') })).toEqual(rejected);
    }
    for (const text of ['', 'x', '%%%', '🙂']) expect(errorOf({ cursor: text })).toEqual(rejected);
  });
});

describe('numbered pages', () => {
  it('converts page and size to an offset', () => {
    expect(pageRequest({ page: 3, page_size: 20 }, 'letters', 1)).toMatchObject({ limit: 20, offset: 40 });
    expect(pageRequest({ page: 2 }, 'letters', 1)).toMatchObject({ limit: 50, offset: 50 });
    expect(pageRequest({ page_size: 10 }, 'letters', 1)).toMatchObject({ limit: 10, offset: 0 });
    expect(pageRequest({ page: 2, limit: 7 }, 'letters', 1)).toMatchObject({ limit: 7, offset: 7 });
  });

  it('returns totals and links by number', () => {
    expect(pageFor({ page: 1, page_size: 2 }, ['a', 'b', 'c'], 5)).toEqual({
      next_cursor: null,
      total: 5,
      page: 1,
      page_size: 2,
      pages: 3,
      link: '</api/letters?page=2&page_size=2>; rel="next"',
    });
    expect(pageFor({ page: 3, page_size: 2 }, ['e'], 5)).not.toHaveProperty('link');
    expect(pageFor({ page: 1, page_size: 2 }, [], 0)).toMatchObject({ total: 0, pages: 0 });
  });

  it('rejects a page together with a cursor', () => {
    expect(errorOf({ page: 1, cursor: 'x' })).toEqual(['/query/page not_allowed']);
  });
});
