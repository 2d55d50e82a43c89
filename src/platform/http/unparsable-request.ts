import { Logger } from '@nestjs/common';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Problem } from '../../problems/problem.js';
import type { ProblemCode } from '../../problems/problem-catalogue.js';
import { requestId } from './request-hooks.js';

const CODES: Record<string, ProblemCode> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

interface UnparsableError extends NodeJS.ErrnoException {
  /** The bytes that were being read; of a long request, those that arrived last. */
  rawPacket?: unknown;
}

/** Connections whose error is handled after the responses to the requests before it. */
const waiting = new WeakSet<Socket>();

/**
 * Sends the problem for bytes that are not an HTTP request, and closes the connection. No request exists by then, so that
 * neither hooks nor the filter see it. Requests that arrived whole on the connection before are answered first (RFC 9112
 * §9.3.2): their clients would take the problem for the response to what was done.
 */
export function rejectUnparsable(error: UnparsableError, socket: Socket): void {
  if (waiting.has(socket)) return;
  // The response that Node is sending on this connection, as its own handler of such errors finds it.
  const current = Reflect.get(socket, '_httpMessage') as ServerResponse | null | undefined;
  // Not one that is sent bit by bit, which may have no end.
  const isShort = current?.headersSent === false || current?.writableEnded === true;
  if (error.code !== 'ECONNRESET' && current?.req.complete && isShort) {
    waiting.add(socket);
    current.once('finish', () => {
      waiting.delete(socket);
      // It was the last one on this connection.
      if (!socket.writableEnded) rejectUnparsable(error, socket);
    });
    return;
  }
  // Nobody would read the problem, or it would be taken for a part of that response.
  if (error.code === 'ECONNRESET' || !socket.writable || current?.headersSent) {
    socket.destroy(error);
    return;
  }
  const problem = new Problem(CODES[error.code ?? ''] ?? 'bad_request');
  // Of a request that began well, the log has a line when it is over.
  const begun = current?.req.complete === false ? current.req : undefined;
  const id = requestId(begun ?? { headers: {} });
  const body = JSON.stringify(problem.toDocument('/', id));
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${id}`,
    'Connection: close',
  ];
  // The client of a HEAD takes a body for the beginning of another response.
  const isHead = error.rawPacket instanceof Buffer && error.rawPacket.toString('latin1', 0, 5) === 'HEAD ';
  socket.end(`${head.join('\r\n')}\r\n\r\n${isHead ? '' : body}`);
  if (!begun) new Logger('Http').log('request', { request_id: id, status: problem.status, parser: error.code });
}
