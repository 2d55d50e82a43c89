import { applyDecorators } from '@nestjs/common';
import { ApiHeader, type HeaderObject, type HeadersObject, type ParameterObject } from '@nestjs/swagger';
import { mapResponses, type Operation } from './operations.js';

/** Every response header in the document. */
export const HEADERS = {
  'X-Request-Id': {
    description: 'Identifies this request in the logs. The server returns the id that you sent, or else a new one.',
    schema: { type: 'string' },
    example: '0193a5f0-5b1e-7c3a-9f43-2f6f0d6f7a11',
  },
  ETag: {
    description:
      'The version of the event and, after a dot, a number that changes with everything else in the response: the members, your role, the format. Send it as `If-Match` or `If-None-Match`.',
    schema: { type: 'string', pattern: '^"[1-9][0-9]*\\.[0-9]+"$' },
    example: '"3.201544831"',
  },
  'Convene-Merged': {
    description: 'Your change was based on the first version and was merged with all changes up to the second.',
    schema: { type: 'string', pattern: '^[1-9][0-9]*\\.\\.[1-9][0-9]*$' },
    example: '3..5',
  },
  Location: {
    description: 'The path of what is new: of the event, or of the import that goes on.',
    schema: { type: 'string', format: 'uri-reference' },
    example: '/api/events/01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02',
  },
  'Preference-Applied': {
    description: 'The preferences that the server followed (RFC 7240).',
    schema: { type: 'string' },
    example: 'respond-async',
  },
  Link: {
    description: 'The next page, if there is one (RFC 8288).',
    schema: { type: 'string' },
    example: '</api/events?cursor=WyIyMDI2LTA2LTAxVDA4OjAwOjAwLjAwMFoiXQ>; rel="next"',
  },
  'WWW-Authenticate': {
    description: 'How to sign in (RFC 6750).',
    schema: { type: 'string' },
    example: 'Bearer realm="convene"',
  },
  'Idempotent-Replayed': {
    description: 'Present if the server had already done the request: this is the response from the first time.',
    schema: { type: 'string', enum: ['true'] },
    example: 'true',
  },
  'Convene-Dry-Run': {
    description: 'Present after `dry_run=true`: nothing was stored, and the body describes what the call would do.',
    schema: { type: 'string', enum: ['true'] },
    example: 'true',
  },
  'Retry-After': {
    description: 'Seconds to wait before you try again.',
    schema: { type: 'integer', minimum: 0 },
    example: 2,
  },
  RateLimit: {
    description:
      'For each budget that this request was counted for: what is left of it (`r`), and in how many seconds it is whole again (`t`). Absent if the server has no rate limits.',
    schema: { type: 'string' },
    example: '"reads";r=1180;t=42',
  },
  'RateLimit-Policy': {
    description: 'How much each of these budgets allows (`q`) in how many seconds (`w`).',
    schema: { type: 'string' },
    example: '"reads";q=1200;w=60',
  },
} as const satisfies Record<string, HeaderObject>;

type HeaderName = keyof typeof HEADERS;

/** Returns references to response headers, for `@ApiOkResponse({ headers: … })`. */
export function headers(...names: HeaderName[]): HeadersObject {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** Documents the precondition of a write (RFC 9110 §13.1.1). */
export const ApiIfMatch = ({ merges = false } = {}): MethodDecorator =>
  applyDecorators(
    ApiHeader({
      name: 'If-Match',
      required: false,
      description: merges
        ? 'The ETag or the version you last read, such as `"3"`, several of them, or `*`. Only changes to the content count, not those of members. If the event has changed since, your change is merged; a conflict with those changes is a 412.'
        : 'The ETag or the version you last read, such as `"3"`, several of them, or `*`. Only changes to the content count, not those of members. If the event has changed since, the response is a 412.',
      schema: { type: 'string' },
      example: '"3"',
    }),
    ...(merges
      ? [
          ApiHeader({
            name: 'Prefer',
            required: false,
            description:
              '`handling=strict` rejects a change that is based on an older version, instead of merging it (RFC 7240).',
            schema: { type: 'string' },
            example: 'handling=strict',
          }),
        ]
      : []),
  );

const IF_NONE_MATCH: ParameterObject = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description: 'The ETag of the response that you have. If nothing in it has changed, the response is a 304.',
  schema: { type: 'string' },
};

const CONTENT_TAG = {
  description: 'Changes with everything in the response, and differs by format. Send it as `If-None-Match`.',
  schema: { type: 'string', pattern: '^W/"[\\w-]+"$' },
  example: 'W/"pvLjIMzzOiMOPxQrGvZtzo5cCXI"',
};

/** Whole responses are tagged; a stream of events is none. */
const isTagged = (content: object = {}): boolean => 'application/json' in content || 'text/calendar' in content;

/** Documents the entity tag of every read under `/api`, and the 304 for a client that has the response already. */
export function withEntityTags(operation: Operation, path: string, method: string): Operation {
  const { 200: found, ...others } = operation.responses;
  if (!found || method !== 'get' || !path.startsWith('/api/') || !isTagged(found.content)) return operation;
  const tag = found.headers?.['ETag'] ?? CONTENT_TAG;
  const example = (tag as HeaderObject).example ?? HEADERS.ETag.example;
  return {
    ...operation,
    parameters: [...(operation.parameters ?? []), { ...IF_NONE_MATCH, example }],
    responses: {
      ...others,
      200: { ...found, headers: { ...found.headers, ETag: tag } },
      304: { description: 'You already have this response', headers: { ETag: tag } },
    },
  };
}

/** Adds the headers that depend on the status, and the link of a paged list. */
export function withHeaders(operation: Operation): Operation {
  const isKeyed = operation.parameters?.some(({ name }) => name === 'Idempotency-Key') ?? false;
  const hasDryRun = operation.parameters?.some(({ name }) => name === 'dry_run') ?? false;
  const isPaged = operation.parameters?.some(({ name }) => name === 'cursor') ?? false;
  const isLimited = '429' in operation.responses;
  const responses = mapResponses(operation.responses, (response, status) => {
    const names: HeaderName[] = ['X-Request-Id'];
    if (status === '401') names.push('WWW-Authenticate');
    if (isLimited && (status.startsWith('2') || status === '429')) names.push('RateLimit', 'RateLimit-Policy');
    if (status === '429' || status === '503' || (status === '409' && isKeyed)) names.push('Retry-After');
    if (status.startsWith('2') && isKeyed) names.push('Idempotent-Replayed');
    if (status === '200' && hasDryRun) names.push('Convene-Dry-Run');
    if (status === '200' && isPaged) names.push('Link');
    return { ...response, headers: { ...headers(...names), ...response.headers } };
  });
  return { ...operation, responses };
}
