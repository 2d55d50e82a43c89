import { type Agent, request } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** A request with whatever method, address, headers and body, right or wrong. */
export interface RawRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: Buffer;
}

/** What came back. The body of an event stream is not waited for. */
export interface RawAnswer {
  response: Response;
  bytes: Buffer;
}

const NO_BODY = [204, 205, 304];

/** Sends a request as it is; `fetch` would refuse or repair most of the odd ones. @throws when there is no answer */
export function sendRaw(url: string, { method, path, headers, body }: RawRequest, agent: Agent): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const length: Record<string, string> = body ? { 'content-length': String(body.length) } : {};
    const sent = request({ hostname, port, method, path, agent, headers: { ...length, ...headers } }, (message) => {
      const chunks: Buffer[] = [];
      const finish = (): void => {
        const sent = Buffer.concat(chunks);
        const { 'content-encoding': encoding, ...received } = message.headers;
        const bytes = encoding === 'gzip' && sent.length > 0 ? gunzipSync(sent) : sent;
        const status = message.statusCode!;
        const init = { status, headers: received as Record<string, string> };
        resolve({ response: new Response(NO_BODY.includes(status) ? null : new Uint8Array(bytes), init), bytes });
      };
      message
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', finish)
        .on('error', reject);
      if (message.headers['content-type']?.startsWith('text/event-stream')) {
        finish();
        message.destroy();
      }
    });
    sent.setTimeout(60_000, () => sent.destroy(new Error(`No answer after 60 s: ${method} ${path}`)));
    sent.on('error', reject);
    sent.end(body);
  });
}
