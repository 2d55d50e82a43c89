import type { ParameterObject } from '@nestjs/swagger';
import { type ProblemCode, PROBLEMS } from '../../problems/problem-catalogue.js';
import { problemResponse } from './api-problems.js';
import { type Content, DRY_RUN_RESPONSE, mapContent, type Operation } from './operations.js';

const isApi = (path: string): boolean => path.startsWith('/api/');

/** Documents that a public route needs no token, and that the others take one that was obtained in either way. */
export function withSecurity(operation: Operation): Operation {
  const { security = [] } = operation;
  return { ...operation, security: security.length > 0 ? [...security, { password: [] }] : [] };
}

/** Sorts path parameters first, in the order of the path. Nest lists them in the order of the decorators. */
export function withOrderedParameters(operation: Operation, path: string): Operation {
  const place = (parameter: ParameterObject): number =>
    parameter.in === 'path' ? path.indexOf(`{${parameter.name}}`) : path.length;
  return { ...operation, parameters: [...(operation.parameters ?? [])].sort((a, b) => place(a) - place(b)) };
}

/** Marks an operation without rate limits, until `withCommonProblems` leaves out their refusal. */
export const NEVER_LIMITED = 'x-never-limited';

/** Adds the problems of every route under `/api`, and those of every request with a body. */
export function withCommonProblems(marked: Operation, path: string, method: string): Operation {
  const { [NEVER_LIMITED]: neverLimited, ...operation } = marked as Operation & { [NEVER_LIMITED]?: boolean };
  if (!isApi(path)) return operation;
  const codes: ProblemCode[] = ['not_acceptable', 'unavailable'];
  if (!neverLimited) codes.push('rate_limited');
  // A body is read before it is known that the route has no use for it. That of a GET is not.
  // `dry_run` is refused where there is none.
  if (method !== 'get') codes.push('unreadable_body', 'body_too_large', 'unsupported_format', 'validation_failed');
  const common = Object.fromEntries(codes.map((code) => [PROBLEMS[code].status, problemResponse([code])]));
  return { ...operation, responses: { ...common, ...operation.responses } };
}

/** Adds MessagePack to every JSON body and response under `/api`, those of dry runs and problems included. */
export function withMessagePack(operation: Operation, path: string): Operation {
  if (!isApi(path)) return operation;
  const { [DRY_RUN_RESPONSE]: dryRun } = operation;
  return {
    ...mapContent(operation, inMessagePack),
    ...(dryRun ? { [DRY_RUN_RESPONSE]: { ...dryRun, content: inMessagePack(dryRun.content!) } } : {}),
  };
}

function inMessagePack(content: Content): Content {
  const json = content['application/json'] ?? content['application/problem+json'];
  return json ? { ...content, 'application/msgpack': json } : content;
}
