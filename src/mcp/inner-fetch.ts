import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Fetch } from '../../sdk/http.js';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const WITHOUT_BODY = new Set([204, 304]);

/**
 * Returns a `fetch` for the SDK that passes its requests through the whole server without a connection: all hooks and
 * guards judge them, limits count them, and the log and the audit trail name the address, the client and the request id of
 * the request that they belong to.
 */
export function innerFetch(fastify: FastifyInstance, { id, ip, headers }: FastifyRequest): Fetch {
  const { host, 'user-agent': agent, traceparent } = headers;
  const outer = {
    'x-request-id': id,
    ...(host ? { host } : {}),
    ...(agent ? { 'user-agent': agent } : {}),
    ...(typeof traceparent === 'string' ? { traceparent } : {}),
  };
  return async (url, { method, headers: own, body }) => {
    const answer = await fastify.inject({
      method: method as Method,
      url,
      headers: { ...(own as Record<string, string>), ...outer },
      ...(typeof body === 'string' ? { payload: body } : {}),
      remoteAddress: ip,
    });
    const { statusCode: status, rawPayload } = answer;
    const content = WITHOUT_BODY.has(status) ? null : new Uint8Array(rawPayload);
    return new Response(content, { status, headers: toPairs(answer.headers) });
  };
}

const toPairs = (headers: Record<string, number | string | string[] | undefined>): [string, string][] =>
  Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one): [string, string] => [name, String(one)]),
  );
