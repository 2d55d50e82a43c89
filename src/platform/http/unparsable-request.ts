import { Logger } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { Problem } from '../../problems/problem.js';
import type { ProblemCode } from '../../problems/problem-catalogue.js';

const CODES: Record<string, ProblemCode> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

interface UnparsableError extends NodeJS.ErrnoException {
  /** The bytes that were being read; of a long request, those that arrived last. */
  rawPacket?: unknown;
}

/**
 * Sends the problem for bytes that are not an HTTP request, and closes the connection. No request exists by then, so that
 * neither hooks nor the filter see it.
 */
export function rejectUnparsable(error: UnparsableError, socket: Socket): void {
  // The response that Node is sending on this connection, as its own handler of such errors finds it.
  const current = Reflect.get(socket, '_httpMessage') as { headersSent: boolean } | null | undefined;
  // Nobody would read the problem, or it would be taken for a part of that response.
  if (error.code === 'ECONNRESET' || !socket.writable || current?.headersSent) {
    socket.destroy(error);
    return;
  }
  const problem = new Problem(CODES[error.code ?? ''] ?? 'bad_request');
  const requestId = randomUUID();
  const body = JSON.stringify(problem.toDocument('/', requestId));
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close',
  ];
  // The client of a HEAD takes a body for the beginning of another response.
  const isHead = error.rawPacket instanceof Buffer && error.rawPacket.toString('latin1', 0, 5) === 'HEAD ';
  socket.end(`${head.join('\r\n')}\r\n\r\n${isHead ? '' : body}`);
  new Logger('Http').log('request', { request_id: requestId, status: problem.status, parser: error.code });
}
