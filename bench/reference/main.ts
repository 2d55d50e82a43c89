/**
 * The bare server that `npm run bench` compares Convene with: `node:http` and `pg`, written by hand for speed, and
 * nothing between them. It prints its address when it listens.
 *
 * The comparison is fair because it does the same durable work with the same requests and tokens: it verifies the token
 * and the caller's access, and each change stores the row, the occupied time under an exclusion constraint, a version
 * with the whole content, and a numbered notification for every member, in one transaction. Its answers have the same
 * members. It is a ceiling, not a product: each operation is one prepared statement, so one exchange with PostgreSQL (a
 * login needs two), and everything else is left out: sessions that end, merging of stale edits, the hash chain, conflicts
 * explained, live delivery, rules other than weekly ones, zones other than UTC, validation beyond what the statement
 * needs. A person who is added to an event while it is edited may miss the notification of that edit.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyToken } from './access-token.js';
import { logIn, refresh } from './accounts.js';
import { type Answer, type Handler, Refusal } from './call.js';
import { createEvent, createEvents } from './create-events.js';
import { pool } from './database.js';
import { editEvent } from './edit-events.js';
import { diffVersions, listChangelog } from './history.js';
import { listChanges, listInbox } from './inbox.js';
import { listEvents, readEvent } from './read-events.js';
import { findTime, listBusy } from './scheduling.js';
import { SCHEMA } from './schema.js';
import { shareEvent } from './share-event.js';

/** By method, the first segment after `/api`, and what follows it: an id is `:id`, and numbers after it do not matter. */
const HANDLERS: Record<string, Handler | undefined> = {
  'GET events': listEvents,
  'POST events': createEvent,
  'POST events batch': createEvents,
  'GET events :id': readEvent,
  'PUT events :id': editEvent,
  'POST events :id share': shareEvent,
  'GET events :id diff': diffVersions,
  'GET events :id changelog': listChangelog,
  'GET notifications': listInbox,
  'GET changes': listChanges,
  'GET free-busy': listBusy,
  'POST find-time': findTime,
};
const PUBLIC: Record<string, Handler | undefined> = { 'POST auth login': logIn, 'POST auth refresh': refresh };

async function answer(request: IncomingMessage): Promise<Answer> {
  const [address = '', search = ''] = request.url!.split('?');
  const path = address.split('/').slice(2);
  const open = PUBLIC[[request.method, ...path].join(' ')];
  const userId = open ? '' : verifyToken(request.headers.authorization);
  const route = path.slice(0, 3).map((segment, index) => (index === 1 && segment !== 'batch' ? ':id' : segment));
  const handler = open ?? HANDLERS[[request.method, ...route].join(' ')];
  if (!handler) throw new Refusal(404);
  const body = request.method === 'GET' ? undefined : await readBody(request);
  return handler({ userId, path, query: new URLSearchParams(search), body });
}

function readBody(request: IncomingMessage): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', reject);
    request.on('end', () => {
      try {
        resolve(JSON.parse(Buffer.concat(chunks).toString()));
      } catch {
        reject(new Refusal(400));
      }
    });
  });
}

const server = createServer((request, response) => {
  const send = ({ status, body, etag }: Answer): void => {
    const text = Buffer.from(JSON.stringify(body));
    const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': text.length };
    response.writeHead(status, etag ? { ...headers, etag } : headers).end(text);
  };
  answer(request).then(send, (error: unknown) => {
    if (!(error instanceof Refusal)) console.error(error);
    const status = error instanceof Refusal ? error.status : 500;
    send({ status, body: { status } });
  });
});
// Longer than the pause of a connection while the other server is measured.
server.keepAliveTimeout = 600_000;

await pool.query(SCHEMA);
server.listen(0, '127.0.0.1', () => {
  console.log(`ready at http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
