import { Client } from 'undici';
import type { BenchRequest, Requests } from './scenario.js';
import { PEOPLE } from './scenario.js';

export interface Load {
  count: number;
  /** From the first request to the last answer. */
  seconds: number;
  /** Milliseconds of each request. */
  latencies: number[];
  /** The largest answer in bytes. */
  bytes: number;
}

const WARM_UP_REQUESTS = 8_000;
/** For scenarios of which so many would take too long. */
const WARM_UP_SECONDS = 15;

/** 16 keep-alive connections to a server, one per person. */
export class Connections {
  private readonly clients: Client[];

  constructor(url: string) {
    this.clients = Array.from({ length: PEOPLE }, () => new Client(url));
  }

  /**
   * Sends requests until the code of a server is compiled, which takes thousands of them: a server runs for weeks, and
   * one that starts is another measurement.
   */
  async warmUp(requests: Requests): Promise<void> {
    await this.load(requests, WARM_UP_SECONDS, WARM_UP_REQUESTS);
  }

  /**
   * Lets every person send one request after the other until the time is over, and waits for the last answers.
   * @param most ends after so many requests already
   * @throws Error for an answer with another status than the expected one
   */
  async load(requests: Requests, seconds: number, most = Infinity): Promise<Load> {
    const latencies: number[] = [];
    let bytes = 0;
    const begin = performance.now();
    const end = begin + seconds * 1_000;
    await Promise.all(
      this.clients.map(async (client, person) => {
        for (let sent = performance.now(); sent < end && latencies.length < most;) {
          const request = requests(person);
          const body = await answerOf(client, request);
          const answered = performance.now();
          latencies.push(answered - sent);
          sent = answered;
          bytes = Math.max(bytes, body.length);
          request.read?.(body.toString());
        }
      }),
    );
    return { count: latencies.length, seconds: (performance.now() - begin) / 1_000, latencies, bytes };
  }

  /** Sends one request and returns its answer. */
  async sample(requests: Requests): Promise<string> {
    const request = requests(0);
    const body = (await answerOf(this.clients[0]!, request)).toString();
    request.read?.(body);
    return body;
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
  }
}

/**
 * Returns the body of an answer. Like `request` of undici, without streams and promises for the parts, which would cost
 * processor time here.
 * @throws Error for an answer with another status than the expected one
 */
export function answerOf(
  client: Client,
  { method, path, token, body, status: expected }: BenchRequest,
): Promise<Buffer> {
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  if (body !== undefined) headers['content-type'] = 'application/json';
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    client.dispatch(
      { method, path, headers, body: body ?? null },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_, code) => void (status = code),
        onResponseData: (_, chunk) => void chunks.push(chunk),
        onResponseError: (_, error) => reject(error),
        onResponseEnd: () => {
          const text = Buffer.concat(chunks);
          if (status === expected) resolve(text);
          else reject(new Error(`${method} ${path}: ${status} ${text.toString().slice(0, 500)}`));
        },
      },
    );
  });
}
