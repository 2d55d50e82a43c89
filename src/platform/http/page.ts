import { ApiProperty } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TextField, WholeNumberQuery } from './fields.js';
import { fromOpaqueText, toOpaqueText } from './opaque-text.js';
import { invalid } from '../../problems/problem.js';

/** The parameters of every paged list: keyset pagination with `cursor`, or numbered pages with `page`. */
export class PageQuery {
  @WholeNumberQuery({
    description: 'The largest number of items to return. Defaults to 50.',
    min: 1,
    max: 200,
    example: 50,
  })
  limit?: number;

  @TextField({
    description: 'The `next_cursor` of the previous page.',
    max: 1_000,
    optional: true,
    example: 'WyIyMDI2LTA2LTAxVDA4OjAwOjAwLjAwMFoiLCIwMTkzLi4uIl0',
  })
  cursor?: string;

  @WholeNumberQuery({
    description:
      'The number of the page, from 1. Adds `total` and `pages` to the response. Prefer `cursor`, which neither skips nor repeats items.',
    min: 1,
    max: 1_000_000,
    example: 1,
  })
  page?: number;

  @WholeNumberQuery({
    description: 'The number of items per numbered page. Defaults to 50.',
    min: 1,
    max: 200,
    example: 50,
  })
  page_size?: number;
}

/** One page for a repository to read: the number of items, and the key or the number of rows before them. */
export interface PageRequest {
  /** Identifies the list and its order. Cursors contain it. */
  order: string;
  limit: number;
  /** The key of the last item of the previous page, in the order of the list. */
  after: string[] | null;
  /** The number of rows to skip; null unless pages are numbered. */
  offset: number | null;
}

/** One page from a repository: up to `limit` items, and the total if pages are numbered. */
export interface Page<T> {
  items: T[];
  /** The order of the list and the key of the last item; null if no more items follow. */
  nextKey: string[] | null;
  total: number | null;
}

/** The paging members of every list response. */
export class PageView {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Send it as `cursor` to read the next page; null on the last page.',
    example: 'WyIyMDI2LTA2LTAxVDA4OjAwOjAwLjAwMFoiLCIwMTkzLi4uIl0',
  })
  next_cursor: string | null;

  @ApiProperty({ type: 'integer', required: false, description: 'The total number of items (numbered pages only).' })
  total?: number;

  @ApiProperty({ type: 'integer', required: false, description: 'The number of this page (numbered pages only).' })
  page?: number;

  @ApiProperty({ type: 'integer', required: false, description: 'The number of items per page (numbered pages only).' })
  page_size?: number;

  @ApiProperty({ type: 'integer', required: false, description: 'The total number of pages (numbered pages only).' })
  pages?: number;
}

/**
 * Reads the paging parameters.
 * @param order identifies the list and its order; a cursor of another list is rejected, because it would skip or repeat
 *   items
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

/** Builds a page from up to `limit + 1` rows. The extra row only shows that more items follow. */
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

/** Returns the paging members of the response and sets the header `Link: rel="next"` (RFC 8288). */
export function pageView(
  page: Page<unknown>,
  query: PageQuery,
  request: FastifyRequest,
  reply: FastifyReply,
): PageView {
  const numbered = page.total !== null;
  const nextCursor = !numbered && page.nextKey ? toOpaqueText(page.nextKey) : null;
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

function decodeCursor(cursor: string | undefined, order: string, keyLength: number): string[] | null {
  if (cursor === undefined) return null;
  const parts = fromOpaqueText(cursor);
  const texts = Array.isArray(parts) && parts.every((part) => typeof part === 'string' && !part.includes('\0'));
  if (texts && parts.length === keyLength + 1 && parts[0] === order) return parts.slice(1) as string[];
  throw invalidCursor();
}

/**
 * Returns the problem for a cursor of another list. Repositories also throw it if a part of the key has the wrong type.
 */
export function invalidCursor(): Error {
  return invalid({ pointer: '/query/cursor', code: 'invalid', message: 'This is not a cursor of this list.' });
}
