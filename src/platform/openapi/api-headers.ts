import { applyDecorators } from '@nestjs/common';
import { ApiHeader, type HeaderObject, type HeadersObject } from '@nestjs/swagger';
import { mapResponses, type Operation } from './operations.js';

/** Every response header that the document speaks of. */
export const HEADERS = {
  'X-Request-Id': {
    description: 'Names this request in the logs: yours when you sent one, else made here.',
    schema: { type: 'string' },
    example: '0193a5f0-5b1e-7c3a-9f43-2f6f0d6f7a11',
  },
  ETag: {
    description: 'The version of the event, quoted: for `If-Match` and `If-None-Match`.',
    schema: { type: 'string', pattern: '^"[1-9][0-9]*"$' },
    example: '"3"',
  },
  'Convene-Merged': {
    description: 'Your change was made for the first version and was merged with what happened up to the second.',
    schema: { type: 'string', pattern: '^[1-9][0-9]*\\.\\.[1-9][0-9]*$' },
    example: '3..5',
  },
  Location: {
    description: 'Where the new event is.',
    schema: { type: 'string', format: 'uri-reference' },
    example: '/api/events/01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02',
  },
  Link: {
    description: 'The next page, while there is one (RFC 8288).',
    schema: { type: 'string' },
    example: '</api/events?cursor=WyIyMDI2LTA2LTAxVDA4OjAwOjAwLjAwMFoiXQ>; rel="next"',
  },
  'WWW-Authenticate': {
    description: 'How to sign in (RFC 6750).',
    schema: { type: 'string' },
    example: 'Bearer realm="convene"',
  },
  'Idempotent-Replayed': {
    description: 'There when the request was done before, and this is the answer from then.',
    schema: { type: 'string', enum: ['true'] },
    example: 'true',
  },
  'Retry-After': {
    description: 'Seconds to wait before the next try.',
    schema: { type: 'integer', minimum: 0 },
    example: 2,
  },
} as const satisfies Record<string, HeaderObject>;

type HeaderName = keyof typeof HEADERS;

/** For `@ApiOkResponse({ headers: … })`. */
export function headers(...names: HeaderName[]): HeadersObject {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** The condition of a write (RFC 9110 §13.1.1). */
export const ApiIfMatch = ({ merges = false } = {}): MethodDecorator =>
  applyDecorators(
    ApiHeader({
      name: 'If-Match',
      required: false,
      description: merges
        ? 'The version you last read, such as `"3"`, or `*`. When the event is further on, your change is merged; 412 when the same was changed in another way.'
        : 'The version you last read, such as `"3"`, or `*`: refused with 412 when the event is further on.',
      schema: { type: 'string' },
      example: '"3"',
    }),
    ...(merges
      ? [
          ApiHeader({
            name: 'Prefer',
            required: false,
            description: '`handling=strict`: refuse instead of merging (RFC 7240).',
            schema: { type: 'string' },
            example: 'handling=strict',
          }),
        ]
      : []),
  );

/** Adds the headers that follow from the status, and the link of a paged list. */
export function withHeaders(operation: Operation): Operation {
  const isKeyed = operation.parameters?.some(({ name }) => name === 'Idempotency-Key') ?? false;
  const isPaged = operation.parameters?.some(({ name }) => name === 'cursor') ?? false;
  const responses = mapResponses(operation.responses, (response, status) => {
    const names: HeaderName[] = ['X-Request-Id'];
    if (status === '401') names.push('WWW-Authenticate');
    if (status === '503' || (status === '409' && isKeyed)) names.push('Retry-After');
    if (status.startsWith('2') && isKeyed) names.push('Idempotent-Replayed');
    if (status === '200' && isPaged) names.push('Link');
    return { ...response, headers: { ...headers(...names), ...response.headers } };
  });
  return { ...operation, responses };
}
