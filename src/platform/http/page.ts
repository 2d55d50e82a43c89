import { ApiProperty } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TextField, WholeNumberQuery } from './fields.js';
import { invalid } from '../../problems/problem.js';

/** The paging parameters that every list takes: keyset by `cursor`, or numbered by `page`. */
export class PageQuery {
  @WholeNumberQuery({ description: 'Most items to answer with (default 50).', min: 1, max: 200, example: 50 })
  limit?: number;

  @TextField({
    description: 'The `next_cursor` of the page before.',
    max: 1_000,
    optional: true,
    example: 'WyIyMDI2LTA2LTAxVDA4OjAwOjAwLjAwMFoiLCIwMTkzLi4uIl0',
  })
  cursor?: string;

  @WholeNumberQuery({
    description: 'Numbered page, from 1; adds `total` and `pages`. Use `cursor` where you can.',
    min: 1,
    max: 1_000_000,
    example: 1,
  })
  page?: number;

  @WholeNumberQuery({ description: 'Items on a numbered page (default 50).', min: 1, max: 200, example: 50 })
  page_size?: number;
}

/** What a repository needs to read one page: how many, and after which key or past how many rows. */
export interface PageRequest {
  /** Names the list and its order; cursors carry it. */
  order: string;
  limit: number;
  /** Key of the last item seen, in the order of the list. */
  after: string[] | null;
  /** Rows to pass over; null unless pages are numbered. */
  offset: number | null;
}

/** One page as the repositories give it: up to `limit` items, and the total when pages are numbered. */
export interface Page<T> {
  items: T[];
  /** The list's order and the key of the last item, when more follow. */
  nextKey: string[] | null;
  total: number | null;
}

/** The members that every list answer shares. */
export class PageView {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Pass it as `cursor` to read on; null at the end.',
    example: 'WyIyMDI2LTA2LTAxVDA4OjAwOjAwLjAwMFoiLCIwMTkzLi4uIl0',
  })
  next_cursor: string | null;

  @ApiProperty({ type: 'integer', required: false, description: 'Items in all (numbered pages only).' })
  total?: number;

  @ApiProperty({ type: 'integer', required: false, description: 'This page (numbered pages only).' })
  page?: number;

  @ApiProperty({ type: 'integer', required: false, description: 'Items on a page (numbered pages only).' })
  page_size?: number;

  @ApiProperty({ type: 'integer', required: false, description: 'Pages in all (numbered pages only).' })
  pages?: number;
}

/**
 * Reads the paging parameters.
 * @param order names the list and its order: a cursor of another one is refused, it would skip or repeat items
 * @param keyLength the number of parts of the list's key
 * @throws Problem validation_failed with the pointer `/query/cursor` or `/query/page`
 */
export function pageRequest(query: PageQuery, order: string, keyLength: number): PageRequest {
  if (query.page !== undefined || query.page_size !== undefined) {
    if (query.cursor !== undefined) {
      throw invalid({ pointer: '/query/page', code: 'not_allowed', message: 'Use `page` or `cursor`, not both.' });
    }
    const limit = query.page_size ?? query.limit ?? 50;
    return { order, limit, after: null, offset: ((query.page ?? 1) - 1) * limit };
  }
  return { order, limit: query.limit ?? 50, after: decodeCursor(query.cursor, order, keyLength), offset: null };
}

/** Cuts the row read beyond the limit and says where to read on. Repositories ask for `limit + 1` rows. */
export function pageOf<T>(
  rows: T[],
  request: PageRequest,
  keyOf: (item: T) => string[],
  total: number | null,
): Page<T> {
  const items = rows.slice(0, request.limit);
  const last = items.at(-1);
  return { items, nextKey: rows.length > request.limit && last ? [request.order, ...keyOf(last)] : null, total };
}

/** The answer's paging members, and the `Link: rel="next"` header (RFC 8288). */
export function pageView(
  page: Page<unknown>,
  query: PageQuery,
  request: FastifyRequest,
  reply: FastifyReply,
): PageView {
  const numbered = page.total !== null;
  const nextCursor = !numbered && page.nextKey ? encodeCursor(page.nextKey) : null;
  const size = query.page_size ?? query.limit ?? 50;
  const number = query.page ?? 1;
  const next = new URLSearchParams(request.url.split('?')[1] ?? '');
  if (nextCursor) next.set('cursor', nextCursor);
  if (numbered) next.set('page', String(number + 1));
  if (page.nextKey) reply.header('link', `<${request.url.split('?')[0]}?${next.toString()}>; rel="next"`);
  if (page.total === null) return { next_cursor: nextCursor };
  const pages = Math.ceil(page.total / size);
  return { next_cursor: null, total: page.total, page: number, page_size: size, pages };
}

const encodeCursor = (key: string[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

function decodeCursor(cursor: string | undefined, order: string, keyLength: number): string[] | null {
  if (cursor === undefined) return null;
  try {
    const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown;
    const texts = Array.isArray(parts) && parts.every((part) => typeof part === 'string' && !part.includes('\0'));
    if (texts && parts.length === keyLength + 1 && parts[0] === order) return parts.slice(1) as string[];
  } catch {
    // Reported below like any other cursor that isn't ours.
  }
  throw invalidCursor();
}

/** A cursor that this list didn't make. Repositories throw it too, when a part of the key has the wrong type. */
export function invalidCursor(): Error {
  return invalid({ pointer: '/query/cursor', code: 'invalid', message: 'Not a cursor of this list.' });
}
